"""Errors in postcodes and telephone numbers, and the many right ways to write a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from random import Random


class TextError(Protocol):
    """What makes an error of a postcode or a telephone number."""

    __name__: str

    def __call__(self, text: str, chance: Random, /) -> str:
        """The text with the error in it."""
        ...


def postcode_digit_slip(postcode: str, chance: Random) -> str:
    """One digit of a postcode wrong."""
    places = [i for i, letter in enumerate(postcode) if letter.isdigit()]
    if not places:
        return postcode
    place = chance.choice(places)
    # The outward part of a postcode does not begin with a zero.
    others = [d for d in "0123456789" if d != postcode[place] and (d != "0" or place != places[0])]
    return postcode[:place] + chance.choice(others) + postcode[place + 1 :]


def phone_digits_transposed(phone: str, chance: Random) -> str:
    """Two neighbouring different digits of the last six of a number in E.164 swapped."""
    places = [i for i in range(len(phone) - 6, len(phone) - 1) if i > 0 and phone[i] != phone[i + 1]]
    if not places:
        return phone
    place = chance.choice(places)
    return phone[:place] + phone[place + 1] + phone[place] + phone[place + 2 :]


def phone_written(phone: str, chance: Random) -> str:
    """A number in E.164 as somebody may write it: the number is right, only its form is not the stored one."""
    number = phone.removeprefix("+44")
    area, first, last = (
        (number[:3], number[3:6], number[6:]) if number.startswith("1") else (number[:4], number[4:7], number[7:])
    )
    forms = (
        f"0{number}",
        f"0{area} {first} {last}",
        f"0{area} {first}{last}",
        f"(0{area}) {first} {last}",
        f"0{area}-{first}-{last}",
        f"0{area}.{first}.{last}",
        f"+44 {area} {first}{last}",
        f"+44 (0){area} {first} {last}",
        f"0044{number}",
        f"44{number}",
        f"0{number[:2]} {number[2:4]} {number[4:6]} {number[6:8]} {number[8:]}",
    )
    return chance.choice(forms)
