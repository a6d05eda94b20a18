"""The levels of agreement in DuckDB's SQL, for Splink to count: the same as `levels.py`, which a test holds them to.

A level is a number, in the order of `levels.FIELDS`; -1 where one of two records says nothing. A record brings the
first of each thing it has: training needs many records, not the whole of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.pole.matching.levels import ALIKE, FIELDS, SIMILAR, SIMILAR_EMAIL
from iops.pole.matching.spelling import sound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iops.pole.matching.known import Known

COLUMNS = {
    "unique_id": "varchar",
    "given_first": "varchar",
    "given_whole": "varchar",
    "given_words": "varchar[]",
    "given_roots": "varchar[]",
    "given_sound": "varchar",
    "family_whole": "varchar",
    "family_halves": "varchar[]",
    "family_roots": "varchar[]",
    "family_sound": "varchar",
    "day": "varchar",
    "sex": "varchar",
    "postcode": "varchar",
    "address": "varchar",
    "address_words": "varchar[]",
    "phone": "varchar",
    "email": "varchar",
    "identifier": "varchar",
}

MACROS = f"""
create or replace macro typo(a, b) as a <> '' and b <> '' and (a = b or jaro_winkler_similarity(a, b) >= {ALIKE}
    or (least(length(a), length(b)) >= 4 and damerau_levenshtein(a, b) <= 1));
create or replace macro fuzzy(a, b) as jaro_winkler_similarity(a, b) >= {SIMILAR};
create or replace macro swapped(g1, f1, g2, f2) as typo(g1, f2) and typo(f1, g2);
create or replace macro given_at(g1, whole1, words1, roots1, sound1, f1, halves1,
                                 g2, whole2, words2, roots2, sound2, f2, halves2) as case
    when g1 = '' or g2 = '' then -1
    when length(g1) = 1 or length(g2) = 1 then
        case when g1[1] = g2[1] then 7 when swapped(g1, f1, g2, f2) then 5 else 9 end
    when whole1 = whole2 then 0
    when g1 = g2 then 1
    when list_has_any(roots1, roots2) then 2
    when typo(g1, g2) then 3
    when sound1 = sound2 then 4
    when swapped(g1, f1, g2, f2) then 5
    when list_has_any(words1, words2) or list_contains(halves2, g1) or list_contains(halves1, g2) then 6
    when fuzzy(g1, g2) then 8
    else 9 end;
create or replace macro family_at(f1, halves1, roots1, sound1, f2, halves2, roots2, sound2, given) as case
    when f1 = '' or f2 = '' then -1
    when f1 = f2 then 0
    when list_has_any(halves1, halves2) then 1
    when typo(f1, f2) then 2
    when sound1 = sound2 or list_has_any(roots1, roots2) then 3
    when given = 5 then -1
    when fuzzy(f1, f2) then 4
    else 5 end;
create or replace macro born_at(a, b) as case
    when a = '' or b = '' then -1
    when a = b then 0
    when a[1:4] = b[1:4] and a[5:6] = b[7:8] and a[7:8] = b[5:6] then 1
    when hamming(a, b) = 1 then 2
    when hamming(a, b) = 2 and damerau_levenshtein(a, b) = 1 then 3
    when try_strptime(a, '%Y%m%d') is null or try_strptime(b, '%Y%m%d') is null then
        case when a[1:4] = b[1:4] then 5 else 6 end
    when abs(date_diff('day', strptime(a, '%Y%m%d'), strptime(b, '%Y%m%d'))) <= 31 then 4
    when a[7:8] = b[7:8] and abs((a[1:4]::int - b[1:4]::int) * 12 + a[5:6]::int - b[5:6]::int) in (1, 12, 120) then 4
    when abs(date_diff('day', strptime(a, '%Y%m%d'), strptime(b, '%Y%m%d'))) <= 366 then 5
    else 6 end;
create or replace macro sex_at(a, b) as case when a = '' or b = '' then -1 when a = b then 0 else 1 end;
create or replace macro postcode_at(a, b) as case
    when a = '' or b = '' then -1
    when a = b then 0
    when damerau_levenshtein(a, b) <= 1 then 1
    when least(length(a), length(b)) > 4 and a[:length(a) - 3] = b[:length(b) - 3] then 2
    else 3 end;
create or replace macro address_at(a, words1, b, words2) as case
    when a = '' or b = '' then -1
    when list_sort(words1) = list_sort(words2) then 0
    when 1 - levenshtein(a, b) / greatest(length(a), length(b)) >= {SIMILAR} then 1
    when length(list_intersect(words1, words2)) > 1
        and length(list_intersect(words1, words2)) * 3 >= least(length(words1), length(words2)) * 2 then 2
    when list_has_any(words1, words2) then 3
    else 4 end;
create or replace macro phone_at(a, b) as case
    when a = '' or b = '' then -1 when a = b then 0 when damerau_levenshtein(a, b) <= 1 then 1 else 2 end;
create or replace macro email_at(a, b) as case
    when a = '' or b = '' then -1
    when a = b then 0
    when split_part(a, '@', 1) = split_part(b, '@', 1) then 1
    when damerau_levenshtein(a, b) <= 2 then 2
    when damerau_levenshtein(a, b) <= greatest(length(a), length(b)) * (1 - {SIMILAR_EMAIL}) then 3
    else 4 end;
create or replace macro identifier_at(a, b) as case
    when a = '' or b = '' or split_part(a, ' ', 1) <> split_part(b, ' ', 1) then -1
    when a = b then 0
    when damerau_levenshtein(split_part(a, ' ', 2), split_part(b, ' ', 2)) <= 2 then 1
    else 2 end;
"""


def _both(template: str) -> str:
    """The same columns of the left and of the right record."""
    sides = [", ".join(f"{name}_{side}" for name in template.split()) for side in "lr"]
    return ", ".join(sides)


_GIVEN = f"given_at({_both('given_first given_whole given_words given_roots given_sound family_whole family_halves')})"
LEVEL = {
    "given": _GIVEN,
    "family": f"family_at({_both('family_whole family_halves family_roots family_sound')}, {_GIVEN})",
    "born": f"born_at({_both('day')})",
    "sex": f"sex_at({_both('sex')})",
    "postcode": f"postcode_at({_both('postcode')})",
    "address": f"address_at({_both('address address_words')})",
    "phone": f"phone_at({_both('phone')})",
    "email": f"email_at({_both('email')})",
    "identifier": f"identifier_at({_both('identifier')})",
}
"""By field, the level of two records as an expression over `<column>_l` and `<column>_r`."""


def comparisons() -> list[dict[str, object]]:
    """The comparisons as Splink's settings want them: the level of each is asked for by its number."""
    return [_comparison(field.name, [level.code for level in field.levels]) for field in FIELDS]


def _comparison(name: str, codes: Sequence[str]) -> dict[str, object]:
    missing = {"sql_condition": f"{LEVEL[name]} = -1", "label_for_charts": "missing", "is_null_level": True}
    found = [{"sql_condition": f"{LEVEL[name]} = {at}", "label_for_charts": code} for at, code in enumerate(codes[:-1])]
    other = {"sql_condition": "ELSE", "label_for_charts": codes[-1]}
    return {"output_column_name": name, "comparison_levels": [missing, *found, other]}


def row(name: str, person: Known) -> tuple[object, ...]:
    """One record in the order of COLUMNS; what is not known is empty."""
    named = person.names[0] if person.names else None
    address = person.addresses[0] if person.addresses else None
    kind, number = min(person.identifiers, default=("", ""))
    return (
        name,
        named.first if named else "",
        named.given_whole if named else "",
        list(named.given) if named else [],
        sorted(named.given_roots) if named else [],
        sound(named.first) if named else "",
        named.family_whole if named else "",
        sorted(named.halves) if named else [],
        sorted(named.family_roots) if named else [],
        sound(named.family_whole) if named else "",
        *(values[0] if values else "" for values in (person.days, (person.sex,), person.postcodes)),
        address.text if address else "",
        sorted(address.words) if address else [],
        *(values[0] if values else "" for values in (person.phones, person.emails)),
        f"{kind.replace(' ', '-')} {number}" if number else "",
    )
