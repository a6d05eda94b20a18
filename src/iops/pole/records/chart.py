"""Draws what hangs together as a chart that needs no script: nodes and edges in, places of boxes and lines out.

The chart knows nothing of records. It is laid out twice from the same nodes: `sides` for wide screens (the centre in
the middle, groups left and right of it), `column` for narrow ones (the centre on top, everything beneath). A template
draws both (`pole/chart.html`), and the style sheet shows the one that fits. The layout depends on the order of the
nodes alone, so that a chart looks the same each time. Lengths are in pixels of the drawing.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, field

MOST = 40
"""Nodes that are drawn, besides the centre."""
MOST_OF_GROUP = 14
"""Nodes of one group that are drawn: the rest is read more easily in a table."""


@dataclass(frozen=True)
class Node:
    """One thing on a chart: `key` tells it from others, `group` is its heading, `address` leads to it ("" for nowhere).

    `sign` is one letter for its sort. Nodes of one group stand together, in the order given.
    """

    key: str
    title: str
    group: str
    detail: str = ""
    address: str = ""
    sign: str = ""


@dataclass(frozen=True)
class Edge:
    """A line between two nodes with its words; a dashed one when it holds no more."""

    start: str
    end: str
    words: str
    ended: bool = False


@dataclass(frozen=True)
class Graph:
    """What is to be drawn; `centre` is the key of the node in the middle."""

    title: str
    centre: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def middle(self) -> Node:
        """The node in the middle."""
        return next(n for n in self.nodes if n.key == self.centre)

    @property
    def around(self) -> dict[str, list[Node]]:
        """The other nodes by group, groups in the order in which they first appear."""
        groups: dict[str, list[Node]] = {}
        for node in self.nodes:
            if node.key != self.centre:
                groups.setdefault(node.group, []).append(node)
        return groups

    def between(self, one: str, other: str) -> tuple[Edge, ...]:
        """The edges between two nodes, whichever way they run."""
        return tuple(e for e in self.edges if {e.start, e.end} == {one, other})


@dataclass(frozen=True)
class Box:
    """A node in its place. `lines` is what fits of its title and detail; `name` is all of it, for those who listen."""

    node: Node
    x: int
    y: int
    width: int
    height: int
    lines: tuple[str, ...]
    name: str
    centre: bool = False


@dataclass(frozen=True)
class Line:
    """An edge in its place: the points it runs through, and its words with where they stand and which end is there."""

    path: str
    words: str
    x: int
    y: int
    anchor: str
    ended: bool


@dataclass(frozen=True)
class Heading:
    """The name of a group in its place."""

    text: str
    x: int
    y: int


@dataclass(frozen=True)
class Drawing:
    """A chart with everything in its place."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    headings: tuple[Heading, ...]


@dataclass
class _Sheet:
    """A drawing in the making."""

    graph: Graph
    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)

    def box(self, node: Node, x: int, y: int, width: int, height: int, *, centre: bool = False) -> Box:
        """Put a node in its place."""
        roles = ", ".join(dict.fromkeys(_words(e) for e in self.graph.between(node.key, self.graph.centre)))
        name = ", ".join(p for p in (node.title, node.detail) if p)
        fitting = (fit(node.title, width - 44, 15), fit(node.detail, width - 44, 13))
        made = Box(
            node, x, y, width, height, tuple(p for p in fitting if p), f"{roles} {name}" if roles else name, centre
        )
        self.boxes.append(made)
        return made

    def words_to_centre(self, node: Node) -> tuple[str, bool]:
        """What stands on the line from the centre to a node, and whether none of it holds any more."""
        edges = self.graph.between(node.key, self.graph.centre)
        return ", ".join(dict.fromkeys(_words(e) for e in edges)), bool(edges) and all(e.ended for e in edges)

    def done(self, width: int, height: int) -> Drawing:
        """The finished drawing, with the edges that do not touch the centre as bows beside the boxes."""
        at = {b.node.key: b for b in self.boxes}
        for edge in self.graph.edges:
            if self.graph.centre not in (edge.start, edge.end) and edge.start in at and edge.end in at:
                self.lines.append(_bow(at[edge.start], at[edge.end], edge, width))
        return Drawing(width, height, tuple(self.boxes), tuple(self.lines), tuple(self.headings))


WIDE, NODE, HEART = 1100, 290, 210
"""Widths of the wide drawing, of a node in it, and of its centre."""
ROW, HIGH, TOP = 50, 40, 26
"""From one row to the next, the height of a node, and the room that a heading takes."""
NARROW, INDENT, TALL = 330, 22, 66


def sides(graph: Graph) -> Drawing:
    """The wide drawing: the centre in the middle, the groups left and right of it, as even as they can be."""
    sheet = _Sheet(graph)
    left, right = _halves(graph)
    height = max(_height(left), _height(right), 60)
    middle = height // 2
    spine = (WIDE - HEART) // 2
    for groups, x, near, sign in ((left, 0, NODE, -1), (right, WIDE - NODE, WIDE - NODE, 1)):
        y = (height - _height(groups)) // 2
        turn = WIDE // 2 + sign * (HEART // 2 + 18)
        for name, nodes in groups:
            sheet.headings.append(Heading(name, x, y + 17))
            y += TOP
            for node in nodes:
                box = sheet.box(node, x, y, NODE, HIGH)
                level = box.y + HIGH // 2
                words, ended = sheet.words_to_centre(node)
                path = f"M{WIDE // 2 + sign * HEART // 2} {middle} H{turn} V{level} H{near}"
                anchor = "start" if sign < 0 else "end"
                words = fit(words, abs(turn - near) - 14, 13)
                sheet.lines.append(Line(path, words, near - sign * 8, level - 5, anchor, ended))
                y += ROW
    sheet.box(graph.middle, spine, middle - 28, HEART, 56, centre=True)
    return _centre_first(sheet.done(WIDE, height))


def column(graph: Graph) -> Drawing:
    """The narrow drawing: the centre on top, the groups one beneath the other along a spine; 360 pixels hold it."""
    sheet = _Sheet(graph)
    sheet.box(graph.middle, 0, 0, NARROW, 50, centre=True)
    y = 50
    for name, nodes in graph.around.items():
        sheet.headings.append(Heading(name, INDENT, y + 24))
        y += TOP + 6
        for node in nodes:
            words, ended = sheet.words_to_centre(node)
            box = sheet.box(node, INDENT, y + 20, NARROW - INDENT, HIGH)
            level = box.y + HIGH // 2
            words = fit(words, NARROW - INDENT, 13)
            sheet.lines.append(Line(f"M8 50 V{level} H{INDENT}", words, INDENT, box.y - 5, "start", ended))
            y += TALL
    return sheet.done(NARROW, y + 4)


def cut(graph: Graph, more: str, most: int = MOST) -> Graph:
    """The graph with at most so many nodes around its centre; for each group a node says how many are not drawn.

    Places are given to the groups in turn, so that a large group leaves room for small ones. `more` is the address of
    all of them.
    """
    groups = graph.around
    room = _room({name: min(len(nodes), MOST_OF_GROUP) for name, nodes in groups.items()}, most)
    nodes, edges = [graph.middle], list(graph.edges)
    for name, members in groups.items():
        nodes += members[: room[name]]
        left = len(members) - room[name]
        if left:
            key = f"more {name}"
            nodes.append(Node(key, f"and {left} more", name, "in the table", more, "+"))
    return Graph(graph.title, graph.centre, tuple(nodes), tuple(edges))


def _room(sizes: dict[str, int], most: int) -> Counter[str]:
    given: Counter[str] = Counter()
    while sum(given.values()) < min(most, sum(sizes.values())):
        for name, size in sizes.items():
            if given[name] < size and sum(given.values()) < most:
                given[name] += 1
    return given


def fit(text: str, width: int, size: int) -> str:
    """What fits of a text into so many pixels at a size of type, with an ellipsis when it is cut."""
    room = width * 100
    used = 0
    for place, letter in enumerate(text):
        used += _hundredths(letter) * size
        if used > room:
            return text[: max(place - 2, 1)].rstrip() + "…"
    return text


def _hundredths(letter: str) -> int:
    """How wide a letter is in hundredths of the size of the type: a careful guess that needs no font."""
    if unicodedata.east_asian_width(letter) in "WF" or ord(letter) > 0x1F000:  # noqa: PLR2004 - pictographs
        return 105
    if letter in "iljtfrI.,:;'|!()[] ":
        return 34
    return 78 if letter.isupper() or letter in "mwMW@%" else 58


def _words(edge: Edge) -> str:
    return f"{edge.words} (ended)" if edge.ended else edge.words


def _height(groups: Groups) -> int:
    return sum(TOP + ROW * len(nodes) for _, nodes in groups)


Groups = list[tuple[str, list[Node]]]


def _halves(graph: Graph) -> tuple[Groups, Groups]:
    """The groups for the left and for the right, in order; the group in the middle is parted so that both are even."""
    left: Groups = []
    right: Groups = []
    half = _height(list(graph.around.items())) // 2
    for name, nodes in graph.around.items():
        room = max(0, (half - _height(left) - TOP + ROW // 2) // ROW) if not right else 0
        if room:
            left.append((name, nodes[:room]))
        if nodes[room:]:
            right.append((name, nodes[room:]))
    return left, right


def _bow(one: Box, other: Box, edge: Edge, width: int) -> Line:
    """A curve beside the boxes between two nodes that are not the centre."""
    x = [b.x + (b.width if b.x < width // 2 and b.x + b.width < width else 0) for b in (one, other)]
    y = [b.y + b.height // 2 + 8 for b in (one, other)]
    out = [px + (46 if b.x < width // 2 else -46) for px, b in zip(x, (one, other), strict=True)]
    path = f"M{x[0]} {y[0]} C{out[0]} {y[0]} {out[1]} {y[1]} {x[1]} {y[1]}"
    return Line(path, fit(_words(edge), 120, 13), sum(out) // 2, sum(y) // 2, "middle", edge.ended)


def _centre_first(drawing: Drawing) -> Drawing:
    """The centre comes first for the keyboard and for those who listen."""
    boxes = sorted(drawing.boxes, key=lambda b: not b.centre)
    return Drawing(drawing.width, drawing.height, tuple(boxes), drawing.lines, drawing.headings)
