"""What is said of a child on an incident besides its name: how it came to be on it, its school, whether it was seen."""

from __future__ import annotations

from dataclasses import dataclass

from iops.foundation.errors import InvalidError
from iops.obligations.services import text
from iops.safeguarding.models import FoundHow, SchoolKnown, Seen

SCHOOL_LENGTH = 200


@dataclass(frozen=True)
class AboutChild:
    """What is said of a child. Every "unknown" is an answer: nothing is left blank, nothing is guessed (I05, I36)."""

    found_how: str = FoundHow.UNKNOWN
    school_known: str = SchoolKnown.UNKNOWN
    school: str = ""
    seen: str = Seen.UNKNOWN
    seen_words: str = ""
    voice: str = ""

    def checked(self) -> dict[str, str]:
        """The fields of the child's link. Raises InvalidError naming the field that does not fit."""
        for field, value, kind in (
            ("found_how", self.found_how, FoundHow),
            ("school_known", self.school_known, SchoolKnown),
            ("seen", self.seen, Seen),
        ):
            if value not in kind.values:
                raise InvalidError("That is not one of the choices.", details={"field": field})
        return {
            "found_how": self.found_how,
            "school_known": self.school_known,
            "school": self._school(),
            "seen": self.seen,
            "seen_words": text(self.seen_words, "Why", needed=self.seen in {Seen.SEEN, Seen.NOT_SEEN}).strip(),
            "voice": text(self.voice, "Voice of the child", needed=False).strip(),
        }

    def _school(self) -> str:
        name = text(self.school, "School", needed=self.school_known == SchoolKnown.KNOWN).strip()
        if len(name) > SCHOOL_LENGTH:
            raise InvalidError(f"A school has at most {SCHOOL_LENGTH} characters.", details={"field": "school"})
        if name and self.school_known != SchoolKnown.KNOWN:
            raise InvalidError("A school is named, and yet it is not said to be known.", details={"field": "school"})
        return name
