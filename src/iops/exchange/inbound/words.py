"""What a partner told, in words for the log of the incident: everything that came, and nothing that did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.web import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iops.exchange.inbound.schemas import Casualties, Contact, Message, Where

LONGEST_WHERE = 300


def in_words(message: Message, partner: str) -> str:
    """The message as an entry of the log. `partner` is the name of the partner as people here know it."""
    head = f"From {partner}, their reference {message.reference}, told at {words.moment(message.at)}: {message.what}"
    return "\n".join([head, *_parts(message)])


def place(where: Where) -> str:
    """Where it is, as the incident says it: their words, and the postcode as far as there is room."""
    whole = f"{where.text}, {where.postcode}" if where.postcode else where.text
    return whole if len(whole) <= LONGEST_WHERE else where.text


def _parts(message: Message) -> Iterator[str]:
    if message.where is not None:
        yield f"Where: {place(message.where)}{_coordinates(message.where)}"
    if message.category:
        yield f"Category: {message.category}"
    desk = ", ".join(filter(None, [message.sender.desk, message.sender.telephone]))
    if desk:
        yield f"Their desk: {desk}"
    if message.contact is not None:
        yield from _contact(message.contact)
    if message.casualties is not None:
        yield from _casualties(message.casualties)
    for hazard in message.hazards:
        yield f"Hazard: {hazard.kind}" + (f" ({hazard.words})" if hazard.words else "")
    if message.wanted is not None:
        asked = "attendance" if message.wanted.attendance else "no attendance"
        yield f"Wanted: {asked}" + (f". {message.wanted.words}" if message.wanted.words else "")


def _coordinates(where: Where) -> str:
    told = []
    if where.easting is not None:
        told.append(f"grid {where.easting} {where.northing}")
    if where.latitude is not None:
        told.append(f"latitude {where.latitude}, longitude {where.longitude}")
    return f" ({'; '.join(told)})" if told else ""


def _contact(contact: Contact) -> Iterator[str]:
    told = ", ".join(filter(None, [contact.name, contact.role, contact.telephone]))
    if told:
        yield f"Contact: {told}"


def _casualties(casualties: Casualties) -> Iterator[str]:
    numbers = {"hurt": casualties.count, "trapped": casualties.trapped, "dead": casualties.dead}
    told = [f"{many} {how}" for how, many in numbers.items() if many is not None]
    if casualties.words:
        told.append(casualties.words)
    if told:
        yield f"Casualties: {', '.join(told)}"
