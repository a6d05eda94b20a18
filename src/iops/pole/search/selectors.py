"""The one search: people, places, things, references and every text, of what the viewer may see.

Order: how much of the question speaks for a record, then risk, then how lately it was heard of.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from iops.foundation import clock
from iops.foundation.consultation import consulted, consults
from iops.pole.models import Person
from iops.pole.search import people, query, records, texts
from iops.pole.search.answer import PAGE, Answer, Filter, Hit, Match

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from iops.foundation.models import User
    from iops.pole.search.people import Meant, Met
    from iops.pole.search.query import Asked
    from iops.pole.search.texts import TextHit

MOST_TEXTS = 200
"""Rows found word for word that are looked at, the newest; more are told as "at least"."""
WHOLE, BY_WORDS = 100, 55
"""Score of a row that holds exactly what was asked (a number, a mark, a reference), and of one that holds the words."""
SHORTEST_CODE = 4


@consults("person")
def search(text: str, viewer: User, wanted: Filter = Filter()) -> Answer:  # noqa: B008 - the empty filter is frozen
    """Whatever the viewer may see of what was asked. Never refuses a text: what says nothing finds nothing.

    Each kind of record that is shown is logged with the ids shown, and the question; records that were met and may not
    be seen are noted where only those who may see them can read it.
    """
    today = clock.today()
    asked = query.read(text, today, typing=wanted.typing)
    met = _people(asked, wanted, today.year)
    found, withheld = _texts(text, asked, met, wanted)
    hits = _of_people(met) | _nominal(asked, wanted)
    pairs = _with_texts(hits, found, text, wanted)
    ordered = sorted(hits.values(), key=_order)
    page = ordered[(wanted.page - 1) * PAGE : wanted.page * PAGE]
    shown = tuple(records.fill(page))
    _explained(shown, met)
    records.snippets([(hit, row) for hit, row in pairs if hit in shown], text)
    missing = len(page) - len(shown)
    answer = Answer(
        hits=shown,
        total=len(ordered) - missing,
        at_least=met.more or len(found) >= MOST_TEXTS,
        withheld=max(met.withheld, withheld),
        page=wanted.page,
        by_kind=dict(Counter(hit.kind for hit in ordered)),
    )
    for kind in sorted({hit.kind for hit in shown} - {"person"}):
        consulted(kind, answer.shown(kind), viewer, {"text": text, "wanted": wanted})
    return answer


def _texts(text: str, asked: Asked, met: Met, wanted: Filter) -> tuple[list[TextHit], int]:
    """Rows found word for word. While the first letters of a name are typed, people alone are looked for."""
    if wanted.typing and met.meant and 0 < len(asked.half_typed) < texts.SHORTEST_PREFIX:
        return [], 0
    return texts.find(text, _scope(wanted), MOST_TEXTS, typing=wanted.typing)


def _scope(wanted: Filter) -> texts.Scope:
    return texts.Scope(
        kinds=records.kinds_to_ask(wanted.kind),
        district_id=wanted.district_id,
        since=wanted.since,
        until=wanted.until,
    )


def _people(asked: Asked, wanted: Filter, year: int) -> Met:
    if wanted.kind not in {"", "person"} or wanted.since or wanted.until:
        return people.Met([])
    return people.find(asked, year=year, typing=wanted.typing, district_id=wanted.district_id)


def _order(hit: Hit) -> tuple[int, int, float, str, int]:
    return -hit.score, -hit.risk, -(hit.at.timestamp() if hit.at else 0.0), hit.kind, -hit.id


def _of_people(met: Met) -> dict[tuple[str, int], Hit]:
    """One hit for each person: the nominals that were decided to be one stand under the first that may be seen."""
    groups: dict[int, list[Meant]] = {}
    for meant in met.meant:
        groups.setdefault(meant.candidate.lead_id or meant.candidate.person_id, []).append(meant)
    leads = {meant.candidate.lead_id for meant in met.meant if meant.candidate.lead_id}
    known = records.merged(sorted(leads)) if leads else {}
    hits = {}
    for lead, members in groups.items():
        best = members[0]
        together = known.get(lead, [best.candidate.person_id])
        hit = _person(best, together, max(m.candidate.risk for m in members))
        hits["person", hit.id] = hit
    return hits


def _explained(hits: Iterable[Hit], met: Met) -> None:
    """Say of each hit that is shown which fields speak for it and against it."""
    by_id = {meant.candidate.person_id: meant for meant in met.meant}
    for hit in hits:
        meant = by_id.get(hit.matched_id or 0) if hit.kind == "person" else None
        if meant is not None:
            hit.matches += [Match(a.field, a.says, round(a.weight, 1)) for a in meant.score.agreements]


def _person(best: Meant, together: Sequence[int], risk: int) -> Hit:
    matched = best.candidate.person_id
    shown = together[0] if matched in together else matched
    return Hit(
        "person",
        shown,
        score=max(0, min(99, round(best.share * 100))),
        risk=risk,
        at=best.candidate.seen_at,
        merged=tuple(together) if len(together) > 1 else (),
        matched_id=matched,
        also_known_as=_also(best) if shown != matched else "",
    )


def _also(best: Meant) -> str:
    """The name under which the matching nominal is known, for one that is shown under another."""
    names = best.candidate.known.names
    return " ".join((*names[0].given, *names[0].family)).title() if names else ""


def _nominal(asked: Asked, wanted: Filter) -> dict[tuple[str, int], Hit]:
    """The nominal of the number that was typed, as far as the viewer may see it."""
    if asked.nominal is None or wanted.kind not in {"", "person"}:
        return {}
    if not Person.objects.filter(id=asked.nominal).exists():
        return {}
    why = Match("nominal", f"nominal number: the same ({asked.nominal})")
    return {("person", asked.nominal): Hit("person", asked.nominal, WHOLE, matches=[why], matched_id=asked.nominal)}


def _with_texts(
    hits: dict[tuple[str, int], Hit], found: Iterable[TextHit], text: str, wanted: Filter
) -> list[tuple[Hit, TextHit]]:
    """Add the rows found word for word to the hits, one hit a record; which row belongs to which."""
    rows = list(found)
    elsewhere = records.lifted(rows)
    under = {i: hit.id for hit in hits.values() if hit.kind == "person" for i in hit.merged}
    score = WHOLE if _is_code(text) else BY_WORDS
    pairs = []
    for row in rows:
        kind, record_id = elsewhere.get((row.kind, row.record_id), (row.kind, row.record_id))
        if wanted.kind and kind != wanted.kind:
            continue
        at = (kind, under.get(record_id, record_id) if kind == "person" else record_id)
        hit = hits.setdefault(at, Hit(kind, at[1], score, at=row.at))
        hit.score = max(hit.score, score)
        if hit.at is None or (row.at and row.at > hit.at):
            hit.at = row.at
        pairs.append((hit, row))
    return pairs


def _is_code(text: str) -> bool:
    """Whether the whole question is a number, a mark, a postcode, an e-mail address or a reference."""
    whole = text.strip()
    figures = sum(map(str.isdigit, whole))
    return "@" in whole or (len(whole) <= texts.MOST_SQUASHED and figures * 4 >= len(whole) >= SHORTEST_CODE)


def suggest(text: str, viewer: User, wanted: Filter = Filter()) -> Answer:  # noqa: B008 - the empty filter is frozen
    """The same while somebody is typing: the first hits of an unfinished question."""
    return search(text, viewer, replace(wanted, typing=True, page=1))


suggest.__dict__["consults"] = "person"
