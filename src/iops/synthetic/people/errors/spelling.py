"""Slips in the spelling of one name. Each function gives the name back unchanged where the slip cannot happen in it.

Every slip keeps the capital letter in front, leaves at least two letters, and works on names with blanks and hyphens.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Protocol

from iops.synthetic.people.transliterations import variants

if TYPE_CHECKING:
    from random import Random


class Slip(Protocol):
    """What makes a slip of spelling."""

    __name__: str

    def __call__(self, text: str, chance: Random, /) -> str:
        """The text with the slip in it."""
        ...


KEYBOARD = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
"""Rows of the British keyboard from the top; each row lies about half a key to the right of the one above."""
VOWELS = "aeiou"
EAR = (
    ("ph", "f"), ("f", "ph"), ("ck", "k"), ("k", "ck"), ("c", "k"), ("k", "c"), ("y", "i"), ("i", "y"), ("ie", "y"),
    ("ey", "y"), ("ee", "ea"), ("ea", "ee"), ("oo", "u"), ("ou", "ow"), ("ow", "ou"), ("gh", ""), ("wh", "w"),
    ("w", "wh"), ("kn", "n"), ("wr", "r"), ("rh", "r"), ("th", "t"), ("t", "th"), ("h", ""), ("sch", "sh"),
    ("s", "z"), ("z", "s"), ("x", "ks"), ("qu", "kw"), ("dg", "j"), ("g", "j"), ("j", "g"), ("v", "w"), ("ae", "e"),
    ("ei", "ie"), ("ie", "ei"), ("ll", "l"), ("l", "ll"), ("nn", "n"), ("n", "nn"), ("tt", "t"), ("ss", "s"),
    ("mm", "m"), ("rr", "r"), ("r", "rr"), ("pp", "p"), ("e", ""), ("son", "sen"), ("sen", "son"), ("mc", "mac"),
    ("mac", "mc"), ("ai", "ay"), ("ay", "ai"), ("au", "or"), ("or", "aw"), ("er", "a"), ("ar", "er"), ("our", "or"),
    ("d", "t"), ("b", "p"), ("m", "n"),
)  # fmt: skip
"""What is heard alike or nearly: spelling written, spelling typed by somebody who only heard it."""


def _neighbours() -> dict[str, str]:
    found: dict[str, str] = {}
    for depth, row in enumerate(KEYBOARD):
        for place, key in enumerate(row):
            near = [row[i] for i in (place - 1, place + 1) if 0 <= i < len(row)]
            for other, shift in ((depth - 1, (0, 1)), (depth + 1, (-1, 0))):
                if 0 <= other < len(KEYBOARD):
                    near += [KEYBOARD[other][place + s] for s in shift if 0 <= place + s < len(KEYBOARD[other])]
            found[key] = "".join(n for n in near if n.isalpha() == key.isalpha())
    return found


NEIGHBOURS = _neighbours()


def like(letter: str, model: str) -> str:
    """A letter in the case of another."""
    return letter.upper() if model.isupper() else letter


def changed_at(text: str, place: int, new: str, length: int = 1) -> str:
    """Text with `length` letters from `place` replaced; a capital letter at the place stays one."""
    if text[place].isupper() and new:
        new = new[0].upper() + new[1:]
    made = text[:place] + new + text[place + length :]
    return made[:1].upper() + made[1:] if text[:1].isupper() else made


def keyboard_slip(text: str, chance: Random) -> str:
    """One letter replaced by its neighbour on the keyboard."""
    places = [i for i, letter in enumerate(text) if NEIGHBOURS.get(letter.lower())]
    if not places:
        return text
    place = chance.choice(places)
    return changed_at(text, place, like(chance.choice(NEIGHBOURS[text[place].lower()]), text[place]))


def dropped_letter(text: str, chance: Random) -> str:
    """One letter left out; the first letter is left out far less often than others and here never is."""
    places = [i for i, letter in enumerate(text) if i and letter.isalpha()]
    if len(places) < 2:  # noqa: PLR2004 - at least two letters stay
        return text
    return changed_at(text, chance.choice(places), "")


def doubled_letter(text: str, chance: Random) -> str:
    """One letter typed twice."""
    places = [i for i, letter in enumerate(text) if letter.isalpha()]
    if not places:
        return text
    place = chance.choice(places)
    return text[: place + 1] + text[place].lower() + text[place + 1 :]


def transposed_letters(text: str, chance: Random) -> str:
    """Two neighbouring, different letters swapped."""
    places = [
        i
        for i in range(len(text) - 1)
        if text[i].isalpha() and text[i + 1].isalpha() and text[i].lower() != text[i + 1].lower()
    ]
    if not places:
        return text
    place = chance.choice(places)
    first, second = text[place], text[place + 1]
    return text[:place] + like(second.lower(), first) + like(first.lower(), second) + text[place + 2 :]


def vowel_confusion(text: str, chance: Random) -> str:
    """One vowel replaced by another."""
    places = [i for i, letter in enumerate(text) if letter.lower() in VOWELS]
    if not places:
        return text
    place = chance.choice(places)
    others = VOWELS.replace(text[place].lower(), "")
    return changed_at(text, place, like(chance.choice(others), text[place]))


def heard_by_ear(text: str, chance: Random) -> str:
    """One sound spelt another way, as by somebody who only heard the name: ph and f, c and k, silent letters."""
    lower = text.lower()
    # Lower-casing changes the length of a few letters of other scripts; those are spelt by nobody here.
    if len(lower) != len(text):
        return text
    found = [
        (place, sound, spelt)
        for sound, spelt in EAR
        for place in [lower.find(sound, 0 if spelt else 1)]
        if place >= 0 and len(text) - len(sound) + len(spelt) > 1
    ]
    if not found:
        return text
    place, sound, spelt = chance.choice(found)
    return changed_at(text, place, spelt, len(sound))


def diacritics_lost(text: str, chance: Random) -> str:
    """A name without its accents and other marks, as typed on a British keyboard."""
    del chance
    special = text.translate(str.maketrans("łŁøØđĐıİßæÆœŒəƏ", "lLoOdDiIsaAoOeE"))
    return "".join(letter for letter in unicodedata.normalize("NFD", special) if not unicodedata.combining(letter))


def transliteration_variant(text: str, chance: Random) -> str:
    """Another spelling of the same name in Latin letters: Mohammed for Muhammad, Choudhury for Chowdhury."""
    others = variants().get(text.lower(), ())
    return chance.choice(others) if others else text
