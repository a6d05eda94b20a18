"""The chart: laid out the same each time, cut with honesty, nothing over anything else, never wider than a phone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from iops.pole.records.chart import MOST, MOST_OF_GROUP, Drawing, Edge, Graph, Node, column, cut, fit, sides


def graph(sizes: dict[str, int], title: str = "somebody") -> Graph:
    """A centre with so many nodes in each group."""
    nodes = [Node("me", "Morag Tester", "", sign="P")]
    edges = []
    for group, size in sizes.items():
        for number in range(size):
            key = f"{group} {number}"
            nodes.append(Node(key, f"{title} {number}", group, "detail", f"/{group}/{number}/", "X"))
            edges.append(Edge("me", key, "friend of", ended=number % 2 == 1))
    return Graph("A chart", "me", tuple(nodes), tuple(edges))


def overlaps(drawing: Drawing) -> list[tuple[str, str]]:
    boxes = drawing.boxes
    return [
        (a.node.key, b.node.key)
        for place, a in enumerate(boxes)
        for b in boxes[place + 1 :]
        if a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height
    ]


SIZES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 60), max_size=8)


@given(SIZES)
def test_nothing_lies_over_anything_or_outside(sizes: dict[str, int]) -> None:
    shown = cut(graph(sizes), "#all")
    for drawing in (sides(shown), column(shown)):
        assert overlaps(drawing) == []
        assert all(b.x >= 0 and b.x + b.width <= drawing.width for b in drawing.boxes)
        assert all(b.y >= 0 and b.y + b.height <= drawing.height for b in drawing.boxes)
        assert {b.node.key for b in drawing.boxes} == {n.key for n in shown.nodes}


@given(SIZES)
def test_what_is_not_drawn_is_said_to_the_last_one(sizes: dict[str, int]) -> None:
    shown = cut(graph(sizes), "#all")
    around = shown.around
    real = {name: [n for n in nodes if n.sign != "+"] for name, nodes in around.items()}
    more = {name: [n for n in nodes if n.sign == "+"] for name, nodes in around.items()}
    assert sum(len(nodes) for nodes in real.values()) <= MOST
    for name, size in sizes.items():
        if size:
            left = size - len(real[name])
            assert len(real[name]) <= MOST_OF_GROUP
            assert [n.title for n in more[name]] == ([f"and {left} more"] if left else [])
            assert all(n.address == "#all" for n in more[name])


def test_a_large_group_leaves_room_for_small_ones() -> None:
    around = cut(graph({"incidents": 500, "people": 3, "places": 2}), "#all", most=10).around
    assert {name: len([n for n in nodes if n.sign != "+"]) for name, nodes in around.items()} == {
        "incidents": 5,
        "people": 3,
        "places": 2,
    }


def test_it_is_drawn_the_same_each_time() -> None:
    assert sides(graph({"a": 7, "b": 9})) == sides(graph({"a": 7, "b": 9}))


def test_both_sides_are_as_even_as_they_can_be() -> None:
    drawing = sides(graph({"incidents": 14}))
    left = sum(b.x == 0 for b in drawing.boxes)
    assert left in (6, 7, 8)


def test_a_node_says_how_it_hangs_together_and_whether_that_has_ended() -> None:
    names = [b.name for b in column(graph({"people": 2})).boxes]
    assert names == ["Morag Tester", "friend of somebody 0, detail", "friend of (ended) somebody 1, detail"]


def test_two_roles_of_one_node_stand_on_one_line() -> None:
    two = graph({"people": 1})
    both = Graph(two.title, two.centre, two.nodes, (*two.edges, Edge("people 0", "me", "carer")))
    assert [line.words for line in sides(both).lines] == ["friend of, carer"]


def test_edges_between_others_are_drawn_too() -> None:
    two = graph({"people": 2, "places": 1})
    more = (*two.edges, Edge("people 0", "places 0", "home"), Edge("people 0", "people 1", "sibling of", ended=True))
    both = Graph(two.title, two.centre, two.nodes, more)
    for drawing in (sides(both), column(both)):
        assert [line.words for line in drawing.lines][-2:] == ["home", "sibling of (ended)"]
        assert drawing.lines[-1].ended


def test_somebody_with_nothing_around_them_is_drawn_alone() -> None:
    for drawing in (sides(graph({})), column(graph({}))):
        assert [b.node.key for b in drawing.boxes] == ["me"]


def test_a_narrow_chart_fits_a_telephone_of_360_pixels() -> None:
    assert column(graph({"a": 9}, title="x" * 300)).width <= 330


def test_long_texts_are_cut_with_an_ellipsis_and_short_ones_are_not() -> None:
    assert fit("short", 200, 15) == "short"
    assert fit("", 200, 15) == ""
    cut_short = fit("W" * 300, 200, 15)
    assert cut_short.endswith("…")
    assert len(cut_short) < 20
    assert len(fit("漢" * 50, 200, 15)) < len(fit("i" * 50, 200, 15))
    assert fit("x", 1, 15) == "x…"
