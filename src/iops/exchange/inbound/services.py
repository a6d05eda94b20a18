"""The verbs of inbound messages: take one, correct, apply or settle one that waits, and tell a partner something."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction
from pydantic import ValidationError

from iops.control import services as control
from iops.control.finding import find
from iops.exchange.inbound import schemas as shape
from iops.exchange.inbound.words import in_words, place
from iops.exchange.models import InboundMessage, Outcome, PartnerMessage, SharedIncident
from iops.exchange.policies import CONTROL_ROOM
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, IopsError, NotAllowedError, NotFoundError
from iops.obligations.services import text, writing

if TYPE_CHECKING:
    from iops.control.models import Incident
    from iops.exchange.inbound.schemas import Message
    from iops.foundation.models import User

LARGEST = 64 * 1024
"""Bytes of a message that are taken, and characters of a refused one that are kept."""
MAY_RUN_AHEAD = dt.timedelta(minutes=5)
"""How far a partner's clock may be ahead of ours."""
LEAST_REASON = 3
WAITS = (Outcome.HELD, Outcome.REFUSED)

Problems = list[dict[str, str]]


@dataclass(frozen=True)
class Receipt:
    """What became of a message. `repeated`: it had come before, and nothing was done again."""

    kept: InboundMessage
    repeated: bool = False

    @property
    def reference(self) -> str | None:
        """Our number of the incident, if there is one."""
        return self.kept.incident.reference if self.kept.incident else None


@verb
def receive(body: bytes, by: User) -> Receipt:
    """Take one message of a partner, whose account `by` is.

    A new reference opens an incident; one that is known adds a line to the log; an update of one that is not known yet
    is held until it comes; the same message again changes nothing. What cannot be taken is kept as it came, with what
    is wrong with each field, and is no error: the answer says it.
    """
    message, problems = read(body, by)
    if message is None:
        return Receipt(_keep(body, by, Outcome.REFUSED, by=by, problems=problems))
    return _taken(message, body, by, by)


@verb
def correct(message_id: int, body: str, by: User) -> Receipt:
    """Take a message that was refused or held, as somebody in the control room has corrected it.

    What came stays as it came. Raises InvalidError, whose details say what is still wrong, NotAllowedError,
    NotFoundError, ConflictError when somebody has dealt with it.
    """
    waiting = _waiting(message_id, by)
    account = waiting.account
    message, problems = read(body.encode(), account)
    if message is None:
        wrong = "; ".join(f"{p['field']} {p['why']}" for p in problems)
        raise InvalidError(f"This cannot be taken yet: {wrong}.", details={"field": "body", "problems": problems})
    with writing(by, reason="message corrected"):
        # Its number is free again for the corrected one.
        waiting.outcome = Outcome.REFUSED
        _settle(waiting, "corrected", by)
        receipt = _taken(message, body.encode(), account, by, corrects=waiting)
        if receipt.kept.outcome == Outcome.REFUSED:
            why = "; ".join(p["why"] for p in receipt.kept.problems)
            raise InvalidError(f"This cannot be taken yet: {why}", details={"field": "body"})
    return receipt


@verb
def settle(message_id: int, note: str, by: User) -> InboundMessage:
    """Somebody has dealt with a message that waited in another way, and says how."""
    if len(text(note, "Note").strip()) < LEAST_REASON:
        raise InvalidError("Say how it was dealt with.", details={"field": "note"})
    waiting = _waiting(message_id, by)
    with writing(by, reason="message dealt with"):
        _settle(waiting, note.strip(), by)
    return waiting


@verb
def apply_held(message_id: int, by: User) -> Receipt:
    """Write a held update into the log of the incident it is about, in the name of somebody who may see that.

    Raises ConflictError when no incident has come under its reference yet.
    """
    waiting = _waiting(message_id, by)
    shared = _shared(waiting.account, waiting.reference)
    if waiting.outcome != Outcome.HELD or shared is None:
        raise ConflictError("No incident has come under this reference yet.", mend="Correct it, or ask the partner.")
    message = shape.Message.model_validate_json(waiting.body)
    with writing(by, reason="held message applied"):
        control.add_log_entry(shared.incident_id, in_words(message, waiting.account.name), by)
        waiting.incident, waiting.outcome = shared.incident, Outcome.ADDED
        waiting.save(update_fields=["incident", "outcome"])
    return Receipt(waiting)


@verb
def tell_partner(incident_id: int, said: str, by: User, account_id: int | None = None) -> list[PartnerMessage]:
    """Tell the partner (or every partner) who handed an incident over something about it; it stands in the log too.

    It reaches them through a subscription of theirs to `partner.told`. Raises NotAllowedError for other roles than
    those of the control room, ConflictError when no partner shares the incident.
    """
    if not by.holds(CONTROL_ROOM):
        raise NotAllowedError("Partners are told by the control room.")
    incident = find(incident_id)
    found = SharedIncident.objects.select_related("account").filter(incident=incident)
    shared = list(found if account_id is None else found.filter(account_id=account_id))
    if not shared:
        raise ConflictError("No partner has handed this incident over.")
    names = ", ".join(dict.fromkeys(one.account.name for one in shared))
    with writing(by, reason=f"told {names}"):
        control.add_log_entry(incident.id, f"To {names}: {text(said, 'Message')}", by)
        now = clock.now()
        return [
            PartnerMessage.objects.create(shared=one, incident=incident, text=said, at=now, by=by) for one in shared
        ]


def read(body: bytes, account: User) -> tuple[Message | None, Problems]:
    """The message in a body, or what is wrong with it, field by field."""
    if len(body) > LARGEST:
        return None, [{"field": "message", "why": f"has {len(body)} bytes; at most {LARGEST} are taken"}]
    try:
        message = shape.Message.model_validate_json(body)
    except ValidationError as error:
        return None, shape.problems(error)
    problems: Problems = []
    if message.sender.system != account.username:
        problems.append({"field": "from.system", "why": f"is not who calls: this account is {account.username}"})
    if message.at > clock.now() + MAY_RUN_AHEAD:
        problems.append({"field": "at", "why": "lies ahead: check the clock of your system"})
    return (None, problems) if problems else (message, [])


def _taken(message: Message, body: bytes, account: User, by: User, corrects: InboundMessage | None = None) -> Receipt:
    """A message that can be read. One of a reference waits for another, so that two at once open one incident."""
    with connection.cursor() as cursor:
        key = f"inbound {account.id} {message.reference}"
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    again = (
        InboundMessage.objects.filter(account=account, reference=message.reference, message=message.message)
        .exclude(outcome=Outcome.REFUSED)
        .select_related("incident")
        .first()
    )
    if again is not None:
        return Receipt(again, repeated=True)
    told = _Told(message, body, account, by, corrects)
    try:
        with transaction.atomic():
            return told.place()
    except IopsError as error:
        problems = [{"field": str(error.details.get("field", "message")).lower(), "why": str(error)}]
        return Receipt(_keep(body, account, Outcome.REFUSED, by=by, message=message, problems=problems))


@dataclass(frozen=True)
class _Told:
    """A message on its way into the books: as it came, whose it is, and who writes."""

    message: Message
    body: bytes
    account: User
    by: User
    corrects: InboundMessage | None

    def place(self) -> Receipt:
        """Open an incident, add to its log, or hold."""
        shared = _shared(self.account, self.message.reference)
        if shared is not None:
            self._log(shared.incident)
            return Receipt(self._keep(Outcome.ADDED, shared.incident))
        if _is_shared(self.account, self.message.reference):
            return self._hold_hidden()
        if self.message.kind == "update":
            return Receipt(self._keep(Outcome.HELD))
        incident = self._open()
        kept = self._keep(Outcome.OPENED, incident)
        self._apply_held(incident)
        return Receipt(kept)

    def _open(self) -> Incident:
        m = self.message
        assert m.where is not None  # noqa: S101 - the shape has seen to it
        contact = m.contact
        incident = control.open_incident(
            where=place(m.where),
            what=m.what,
            by=self.by,
            channel="partner",
            category=m.category or "",
            caller_name=(contact.name if contact else None) or m.sender.desk or self.account.name,
            call_back=(contact.telephone if contact else None) or (m.sender.telephone or "")[:120],
        )
        with writing(self.by, reason="handed over by a partner"):
            SharedIncident.objects.create(
                account=self.account, reference=m.reference, incident=incident, at=clock.now()
            )
        self._log(incident)
        return incident

    def _log(self, incident: Incident) -> None:
        control.add_log_entry(incident.id, in_words(self.message, self.account.name), self.by)

    def _apply_held(self, incident: Incident) -> None:
        """Updates that came before their incident, in the order in which the partner says they happened."""
        held = InboundMessage.objects.filter(
            account=self.account, reference=self.message.reference, outcome=Outcome.HELD, settled_at=None
        )
        for waiting in held.order_by("told_at", "id"):
            update = shape.Message.model_validate_json(waiting.body)
            control.add_log_entry(incident.id, in_words(update, self.account.name), self.by)
            with writing(self.by, reason="held message applied"):
                waiting.outcome, waiting.incident = Outcome.ADDED, incident
                waiting.save(update_fields=["outcome", "incident"])

    def _hold_hidden(self) -> Receipt:
        """The incident is not there for this account any more: somebody who may see it applies the message.

        The answer is that of any message that is held, so that it tells nothing.
        """
        try:
            with transaction.atomic():
                kept = self._keep(Outcome.HELD)
        except IntegrityError:
            unsaved = _unsaved(self.body, self.account, Outcome.HELD, self.message)
            return Receipt(unsaved, repeated=True)
        with connection.cursor() as cursor:
            cursor.execute("select iops.hide_message(%s)", [kept.id])
        return Receipt(kept)

    def _keep(self, outcome: Outcome, incident: Incident | None = None) -> InboundMessage:
        return _keep(
            self.body,
            self.account,
            outcome,
            by=self.by,
            message=self.message,
            incident=incident,
            corrects=self.corrects,
        )


def _keep(
    body: bytes,
    account: User,
    outcome: Outcome,
    *,
    by: User,
    message: Message | None = None,
    problems: Problems | None = None,
    incident: Incident | None = None,
    corrects: InboundMessage | None = None,
) -> InboundMessage:
    kept = _unsaved(body, account, outcome, message)
    kept.problems, kept.incident, kept.corrects = problems or [], incident, corrects
    with writing(by, reason=f"message {outcome.label}"):
        kept.save()
    return kept


def _unsaved(body: bytes, account: User, outcome: Outcome, message: Message | None) -> InboundMessage:
    return InboundMessage(
        account=account,
        received_at=clock.now(),
        reference=message.reference if message else "",
        message=message.message if message else "",
        kind=message.kind if message else "",
        told_at=message.at if message else None,
        body=body[:LARGEST].decode("utf-8", "replace").replace("\x00", "\ufffd"),
        bytes=len(body),
        outcome=outcome,
    )


def _waiting(message_id: int, by: User) -> InboundMessage:
    """A message that somebody has to deal with, for the control room."""
    if not by.holds(CONTROL_ROOM):
        raise NotAllowedError("What partners send is dealt with by the control room.")
    found = InboundMessage.objects.select_for_update(of=("self",)).filter(id=message_id).first()
    if found is None:
        raise NotFoundError("There is no such message.")
    if found.outcome not in WAITS or found.settled_at is not None:
        raise ConflictError("Somebody has dealt with this message.")
    return found


def _settle(waiting: InboundMessage, note: str, by: User) -> None:
    waiting.settled_at, waiting.settled_by, waiting.settled_note = clock.now(), by, note
    waiting.save(update_fields=["settled_at", "settled_by", "settled_note", "outcome"])


def _shared(account: User, reference: str) -> SharedIncident | None:
    return SharedIncident.objects.select_related("incident").filter(account=account, reference=reference).first()


def _is_shared(account: User, reference: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select iops.is_shared(%s, %s)", [account.id, reference])
        return bool(cursor.fetchone()[0])
