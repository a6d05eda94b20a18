"""Reads what somebody typed into the one box: dates, ages, telephones, postcodes, marks, references, and then names.

Nothing is refused: what cannot be read as anything else is a word, and every text is also asked for word for word.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from iops.pole.matching.spelling import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iops.pole.matching.keys import Name, Range

    Take = Callable[[re.Match[str], "Asked", dt.date], bool]

MOST_READ = 300
"""Characters that are read for names and dates; all of a longer text is still asked for word for word."""
MOST_NAME_WORDS = 6
EARLIEST_YEAR = 1850
AGE_SLACK = 2
"""Years by which an age that somebody tells of another is often wrong."""
_CENTURY, _OLDEST = 100, 120

MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"), start=1)
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_REFERENCE = re.compile(r"(?<![0-9/])[0-9]{1,6}/[0-9]{2}[-/. ]?[0-9]{2}[-/. ]?[0-9]{4}(?![0-9/])")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_POSTCODE = re.compile(r"\b(?:[a-z]{1,2}[0-9][a-z0-9]?)\s?[0-9][a-z]{2}\b", re.IGNORECASE | re.ASCII)
_NUMERIC = re.compile(
    r"(?<![0-9])([0-9]{1,2})\s?[-/.\s]\s?([0-9]{1,2})\s?[-/.\s]\s?([0-9]{4}|[0-9]{2})(?![0-9/])", re.ASCII
)
_ISO = re.compile(r"(?<![0-9])([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?![0-9])")
_WORDED = re.compile(
    rf"\b([0-9]{{1,2}})(?:st|nd|rd|th)?[\s-]*({_MONTH})[\s,-]*([0-9]{{4}}|[0-9]{{2}})\b", re.IGNORECASE
)
_AMERICAN = re.compile(rf"\b({_MONTH})\s+([0-9]{{1,2}})(?:st|nd|rd|th)?[\s,]+([0-9]{{4}})\b", re.IGNORECASE)
_MONTH_ONLY = re.compile(rf"\b({_MONTH})[\s,-]*([0-9]{{4}})\b", re.IGNORECASE)
_EIGHT = re.compile(r"(?<![0-9])([0-9]{2})([0-9]{2})((?:18|19|20)[0-9]{2})(?![0-9])")
_SIX = re.compile(r"(?<![0-9+])([0-9]{2})([0-9]{2})([0-9]{2})(?![0-9])")
_PHONE = re.compile(r"(?<![0-9a-z])\+?(?:[0-9][\s().-]{0,3}){8,14}[0-9](?![0-9])", re.IGNORECASE)
_WHOLE_PHONE = re.compile(r"(?<![0-9a-z])(?:\+|00|0)(?:[\s().-]{0,3}[0-9]){9,13}(?![0-9/])", re.IGNORECASE)
_AGED = re.compile(
    r"\b(?:aged?|about|approx\.?)\s*([0-9]{1,3})(?![0-9/'])\b|\b([0-9]{1,3})\s?(?:yrs?|years?|yo|y/o)(?:\s+old)?\b",
    re.IGNORECASE,
)
_DECADE = re.compile(r"\b(early|mid|late)?[\s-]*([1-9]0)'?s\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<![0-9/])((?:18|19|20)[0-9]{2})(?![0-9/])")
_BORN = re.compile(r"\b(?:d\.?o\.?b\.?|born|date of birth)\b:?", re.IGNORECASE)
_SEX = re.compile(r"\b(male|female|man|woman)\b", re.IGNORECASE)
_NOMINAL = re.compile(r"\s*(?:nominal|person|id)?\s*#?\s*([0-9]{1,12})\s*", re.IGNORECASE | re.ASCII)
_GAP = " \ue000 "
"""Stands where a piece was taken out: a name does not reach across it."""
_HALF = re.compile(r"[0-9]+[-/.][0-9/.-]*")


@dataclass(slots=True)
class Asked:
    """What was understood of a question. `words` are what is left, in order: names first, then perhaps an address."""

    text: str
    born: list[Range] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    """Dates that no calendar has, as eight digits: somebody may have written one down."""
    phones: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    postcodes: list[str] = field(default_factory=list)
    sex: str = ""
    nominal: int | None = None
    names: list[Name] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    sure_of_address: bool = False
    """Whether there is a house number or the like: else what is taken for a place may be part of a name."""
    half_typed: str = ""
    """The last word, while somebody is typing it."""

    @property
    def about_people(self) -> bool:
        """Whether there is anything to find people by."""
        return bool(self.names or self.born or self.phones or self.emails or self.postcodes)


def read(text: str, today: dt.date, *, typing: bool = False) -> Asked:
    """Read one question; `today` is the local day from which ages are counted back.

    While somebody is typing, a last word that may go on is kept apart.
    """
    asked = Asked(text)
    rest = text[:MOST_READ]
    nominal = _NOMINAL.fullmatch(rest)
    asked.nominal = int(nominal[1]) if nominal else None
    if _REFERENCE.fullmatch(rest.strip()):
        return asked
    for pattern, take in _STEPS:
        rest = pattern.sub(partial(_taken, take=take, asked=asked, today=today), rest)
    _names(asked, rest, typing=typing and rest[-1:].isalnum())
    return asked


def _taken(found: re.Match[str], *, take: Take, asked: Asked, today: dt.date) -> str:
    """A piece that was understood is taken out of the text; any other stays."""
    return _GAP if take(found, asked, today) else found[0]


def _take_email(found: re.Match[str], asked: Asked, today: dt.date) -> bool:  # noqa: ARG001 - steps are alike
    asked.emails.append(found[0].strip(",;<>"))
    return True


def _take_postcode(found: re.Match[str], asked: Asked, today: dt.date) -> bool:  # noqa: ARG001 - steps are alike
    asked.postcodes.append(found[0])
    return True


def _take_phone(found: re.Match[str], asked: Asked, today: dt.date) -> bool:  # noqa: ARG001 - steps are alike
    asked.phones.append(found[0])
    return True


def _take_sex(found: re.Match[str], asked: Asked, today: dt.date) -> bool:  # noqa: ARG001 - steps are alike
    asked.sex = found[0].lower()
    return True


def _nothing(found: re.Match[str], asked: Asked, today: dt.date) -> bool:  # noqa: ARG001 - steps are alike
    return True


def _take_day(order: str) -> Take:
    def take(found: re.Match[str], asked: Asked, today: dt.date) -> bool:
        parts = dict(zip(order, found.groups(), strict=True))
        month = MONTHS.get(parts["m"].lower()) or _small(parts["m"])
        return _add(asked, year_of(parts["y"], today), month, _small(parts["d"]))

    return take


def _add(asked: Asked, year: int, month: int, day: int) -> bool:
    """Add a date; one with month and day the other way round, as some write it, is turned."""
    for m, d in ((month, day), (day, month)):
        try:
            made = dt.date(year, m, d)
        except ValueError:
            continue
        asked.born.append((made, made))
        return True
    asked.written.append(f"{year:04}{month:02}{day:02}")
    return True


def year_of(written: str, today: dt.date) -> int:
    """A year as written; of two figures, the latest that is not in the future."""
    year = int(written)
    if len(written) > len("85"):
        return year
    year += today.year // _CENTURY * _CENTURY
    return year if year <= today.year else year - _CENTURY


def _small(digits: str) -> int:
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def _take_month(found: re.Match[str], asked: Asked, today: dt.date) -> bool:  # noqa: ARG001 - steps are alike
    year, month = int(found[2]), MONTHS[found[1].lower()]
    if year < EARLIEST_YEAR:
        return False
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    asked.born.append((dt.date(year, month, 1), following - dt.timedelta(days=1)))
    return True


def _take_age(found: re.Match[str], asked: Asked, today: dt.date) -> bool:
    age = int(found[1] or found[2])
    if age > _OLDEST:
        return False
    asked.born.append((dt.date(today.year - age - 1 - AGE_SLACK, 1, 1), dt.date(today.year - age + AGE_SLACK, 12, 31)))
    return True


def _take_decade(found: re.Match[str], asked: Asked, today: dt.date) -> bool:
    first = int(found[2]) + {"early": 0, "mid": 3, "late": 6}.get((found[1] or "").lower(), 0)
    last = first + 3 if found[1] else first + 9
    asked.born.append((dt.date(today.year - last - 1, 1, 1), dt.date(today.year - first, 12, 31)))
    return True


def _take_year(found: re.Match[str], asked: Asked, today: dt.date) -> bool:
    year = int(found[1])
    if not EARLIEST_YEAR <= year <= today.year or asked.born:
        return False
    asked.born.append((dt.date(year, 1, 1), dt.date(year, 12, 31)))
    return True


_STEPS = (
    (_EMAIL, _take_email),
    (_POSTCODE, _take_postcode),
    (_WHOLE_PHONE, _take_phone),
    (_BORN, _nothing),
    (_ISO, _take_day("ymd")),
    (_WORDED, _take_day("dmy")),
    (_AMERICAN, _take_day("mdy")),
    (_NUMERIC, _take_day("dmy")),
    (_EIGHT, _take_day("dmy")),
    (_SIX, _take_day("dmy")),
    (_MONTH_ONLY, _take_month),
    (_PHONE, _take_phone),
    (_AGED, _take_age),
    (_DECADE, _take_decade),
    (_YEAR, _take_year),
    (_SEX, _take_sex),
)


def _names(asked: Asked, rest: str, *, typing: bool) -> None:
    """What is left: a name, and perhaps an address before or after it."""
    parts = [part for text in rest.split(_GAP.strip()) if (part := _Part.of(text)).words]
    if len(parts) > 1 and all(len(part.words) == 1 for part in parts):
        parts = [_Part.of(" ".join(part.words[0] for part in parts))]
    if typing and parts and not parts[-1].after:
        asked.half_typed = parts[-1].words[-1]
    several = [part for part in parts if len(part.before or part.words) > 1] or parts[:1]
    asked.names += dict.fromkeys(pair for part in several for pair in part.pairs())
    asked.sure_of_address = any(part.after for part in parts)
    asked.addresses += dict.fromkeys(text for part in parts for text in part.addresses(alone=len(parts) == 1))


@dataclass(frozen=True, slots=True)
class _Part:
    """Words that stand together, as segments between commas; `before` and `after` the first word with a figure."""

    segments: tuple[tuple[str, ...], ...]
    words: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> _Part:
        split = (tuple(w for w in s.split() if fold(w) and not _HALF.fullmatch(w)) for s in text.split(","))
        segments = tuple(words for words in split if words)
        words = tuple(word for words in segments for word in words)
        at = next((i for i, w in enumerate(words) if any(map(str.isdigit, w))), len(words))
        return cls(segments, words, words[:at], words[at:])

    def addresses(self, *, alone: bool) -> Iterator[str]:
        """What may be an address in it: from the first figure on, or what two words of a name leave."""
        if self.after:
            yield " ".join(self.after)
            if not self.before and len(self.after) > len("abc"):
                yield " ".join(self.after[:-2])
        elif len(self.before) > len("ab"):
            yield " ".join(self.before[2:])
            yield " ".join(self.before[:-2])
        elif not alone:
            yield " ".join(self.before)

    def pairs(self) -> Iterator[Name]:
        """The ways to tell a name from a place beside it, and a given name from a family name."""
        family = self.segments[0]
        if len(self.segments) > 1 and len(family) <= len("ab") and len(self.before) > len(family):
            # "Smith, John": the family name goes first.
            yield " ".join(self.before[len(family) : len(family) + 2]), " ".join(family)
        words = self.before or tuple(w for w in self.after if not any(map(str.isdigit, w)))
        if not self.before and len(words) > len("ab"):
            # "48 Jubilee Lane Carlton Howell": the name is last.
            yield words[-2], words[-1]
            yield " ".join(words[-3:-1]), words[-1]
        elif self.before:
            yield from _readings(list(words[:MOST_NAME_WORDS]))


def _readings(names: list[str]) -> Iterator[Name]:
    """A name of so many words; of more than two, a place may go before or follow it."""
    if len(names) == 1:
        yield names[0], None
        return
    for length in dict.fromkeys((len(names), 2, 3)):
        if length <= len(names):
            for part in (names[:length], names[-length:]):
                yield " ".join(part[:-1]), part[-1]
                if length > len("ab"):
                    yield part[0], " ".join(part[1:])
