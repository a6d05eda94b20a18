"""Contacts: who told the force, how, from where; silent and abandoned calls; call backs; what became of each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Func, Q, Value

from iops.control.models.units import EAST, NORTH
from iops.foundation.models import District, Fact, Settles, User
from iops.pole.models import Person

NUMBER_LENGTH = 40
FOLLOWED = (
    "(r.open_since is not null or r.outcome is distinct from 'incident'"
    " or r.call_back_by is not null or r.abandoned_at is not null)"
)
"""Contacts that rules ask something of: all but those that opened an incident in the moment they were taken."""


def line_of(column: str) -> Func:
    """The telephone line in a text, as an SQL expression: its digits without the code of this country and noughts.

    Made of built-in functions alone, because an index stands on it. Null when the text holds no telephone number.
    """
    found = Func(F(column), Value("[0-9](?:[ ().+-]{0,3}[0-9]){8,14}"), function="substring")
    digits = Func(found, Value("[^0-9]"), Value(""), Value("g"), function="regexp_replace")
    return Func(digits, Value("^(?:00)?44(?=[0-9]{9,10}$)|^0+"), Value(""), function="regexp_replace")


class Channel(models.TextChoices):
    """The way a contact reached the force."""

    EMERGENCY = "999", "999"
    NON_EMERGENCY = "101", "101"
    ONLINE = "online", "online"
    COUNTER = "counter", "counter"
    OFFICER = "officer", "officer"
    PARTNER = "partner", "partner agency"
    ALARM = "alarm", "alarm"
    IMPORTED = "imported", "imported"


class Outcome(models.TextChoices):
    """What became of a contact: none ends in nothing."""

    INCIDENT = "incident", "incident opened"
    LINKED = "linked", "linked to an open incident"
    ADVICE = "advice", "advice given"
    REFERRED = "referred", "referred to another service"
    NO_TRACE = "no_trace", "no trace of a need for the police"


class Contact(Fact):
    """Somebody, or something, tells the force that a thing has happened or is happening.

    A contact is a fact of its own. It points to the incident it led to, or to none; the incident that was opened from
    it also points back (`Incident.contact`). Times are UTC moments. `open_since` is when a contact was taken on its
    own: from then on its outcome is owed. A contact that opened an incident in the same step has none.

    `source` and `source_key` name the row of the other system a contact was loaded from; both are blank for a contact
    taken here.
    """

    settles = (Settles("contact", "id", when=FOLLOWED),)

    channel = models.CharField(max_length=12, choices=Channel)
    at = models.DateTimeField(help_text="When the caller was answered; until then, when the contact reached us.")
    call_back = models.CharField(
        max_length=120, blank=True, help_text="How to reach the caller: a number or an address."
    )
    caller_name = models.CharField(max_length=200, blank=True)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    source = models.CharField(max_length=40, blank=True)
    source_key = models.CharField(max_length=120, blank=True)
    made_up = models.BooleanField(default=False)

    number = models.CharField(
        max_length=NUMBER_LENGTH,
        null=True,
        blank=True,
        help_text="The number the call came from, as the network gave it.",
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="contacts", db_index=False
    )
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True, db_index=False)
    open_since = models.DateTimeField(null=True, blank=True)
    rang_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    abandoned_at = models.DateTimeField(
        null=True, blank=True, help_text="When the caller was gone before it was clear what they needed."
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    call_back_by = models.DateTimeField(null=True, blank=True, help_text="By when the caller was promised a call back.")
    promised_at = models.DateTimeField(null=True, blank=True)
    incident = models.ForeignKey(
        "control.Incident",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        db_index=False,
        help_text="The incident it led to.",
    )
    outcome = models.CharField(max_length=10, choices=Outcome, null=True, blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)
    concluded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    conclusion = models.TextField(
        null=True, blank=True, help_text="What was advised, to whom it was referred, or why nothing."
    )

    class Meta:
        """A row of another system becomes one contact; times run forward; a contact is concluded whole."""

        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="contact_newest"),
            models.Index(fields=["person"], condition=Q(person__isnull=False), name="contact_of_person"),
            models.Index(fields=["incident"], condition=Q(incident__isnull=False), name="contact_of_incident"),
            models.Index(fields=["-rang_at"], condition=Q(rang_at__isnull=False), name="contact_rang"),
            models.Index(line_of("number"), name="contact_line", condition=Q(number__isnull=False)),
            models.Index(line_of("call_back"), name="contact_call_back_line", condition=~Q(call_back="")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "source_key"], condition=~Q(source=""), name="contact_source_once"
            ),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="contact_channel_known"),
            models.CheckConstraint(
                condition=Q(rang_at=None) | Q(answered_at=None) | Q(answered_at__gte=F("rang_at")),
                name="contact_answered_after_ring",
            ),
            models.CheckConstraint(
                condition=Q(abandoned_at=None) | Q(rang_at=None) | Q(abandoned_at__gte=F("rang_at")),
                name="contact_abandoned_after_ring",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(answered_at=None) | Q(ended_at__gte=F("answered_at")),
                name="contact_ended_after_answer",
            ),
            models.CheckConstraint(
                condition=Q(call_back_by=None, promised_at=None)
                | Q(call_back_by__gte=F("promised_at"), promised_at__isnull=False),
                name="contact_promise_whole",
            ),
            models.CheckConstraint(
                condition=Q(outcome=None, concluded_at=None)
                | Q(outcome__in=Outcome.values, concluded_at__isnull=False),
                name="contact_concluded_whole",
            ),
            models.CheckConstraint(
                condition=Q(outcome=None) | ~Q(outcome="linked") | Q(incident__isnull=False),
                name="contact_linked_to_one",
            ),
            models.CheckConstraint(
                condition=Q(outcome=None)
                | Q(outcome__in=["incident", "linked"])
                | (Q(conclusion__isnull=False) & ~Q(conclusion="")),
                name="contact_concluded_with_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{Channel(self.channel).label} contact {self.id}"


class PlaceSource(models.TextChoices):
    """Who or what said where the caller is."""

    CALLER = "caller", "the caller"
    NETWORK = "network", "the network"
    OTHER = "other", "somebody else"


class CallerPlace(Fact):
    """Where a caller is, as it was told once; the latest holds, and the earlier ones show how they moved.

    `easting`, `northing` and `accuracy` (the radius of the circle they are in) are metres on the national grid.
    """

    append_only: ClassVar[bool] = True

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="places")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    source = models.CharField(max_length=8, choices=PlaceSource)
    said = models.CharField(max_length=300, blank=True)
    easting = models.IntegerField(null=True, blank=True)
    northing = models.IntegerField(null=True, blank=True)
    accuracy = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        """It says words or a point; a point is whole and on the grid."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(said="") | Q(easting__isnull=False), name="caller_place_says_where"),
            models.CheckConstraint(condition=Q(source__in=PlaceSource.values), name="caller_place_source_known"),
            models.CheckConstraint(
                condition=Q(easting=None, northing=None, accuracy=None)
                | Q(easting__gte=0, easting__lt=EAST, northing__gte=0, northing__lt=NORTH),
                name="caller_place_on_the_grid",
            ),
        ]


class Line(models.TextChoices):
    """What kind of line a call came over."""

    MOBILE = "mobile", "mobile"
    LANDLINE = "landline", "landline"
    UNKNOWN = "unknown", "not known"


class Heard(models.TextChoices):
    """What was heard while the caller did not speak."""

    NOTHING = "nothing", "nothing"
    BACKGROUND = "background", "background noise"
    DISTRESS = "distress", "signs of distress"


class Pressed(models.TextChoices):
    """How the caller answered when the recorded message asked for 55."""

    YES = "yes", "pressed 55"
    NO = "no", "did not press 55"
    NOT_OFFERED = "not_offered", "was not offered"


class SilentCall(Fact):
    """The steps of one call in which nobody spoke, each with its answer.

    The operator asks the caller to cough, tap the handset or answer somehow; on a mobile a recorded message then asks
    for 55 (the "Silent Solution"). Pressing 55 puts the call through; it does not tell where the caller is.
    """

    append_only: ClassVar[bool] = True

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="silences")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    line = models.CharField(max_length=8, choices=Line)
    heard = models.CharField(max_length=10, choices=Heard)
    responded = models.BooleanField(
        null=True, blank=True, help_text="Whether the caller coughed or tapped when asked; null when not asked."
    )
    pressed = models.CharField(max_length=11, choices=Pressed)
    note = models.TextField(blank=True)

    class Meta:
        """Each step has an answer of its list; 55 is asked of mobiles."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(line__in=Line.values, heard__in=Heard.values, pressed__in=Pressed.values),
                name="silent_call_steps_known",
            ),
            models.CheckConstraint(
                condition=~Q(line="landline") | Q(pressed="not_offered"), name="silent_call_55_on_mobiles"
            ),
        ]


class CallBackResult(models.TextChoices):
    """What came of trying to reach a caller again."""

    REACHED = "reached", "reached"
    NO_ANSWER = "no_answer", "no answer"
    VOICEMAIL = "voicemail", "voicemail"
    ENGAGED = "engaged", "engaged"
    RANG_AGAIN = "rang_again", "the caller rang again"
    UNSAFE = "unsafe", "not tried: it could put the caller in danger"
    NO_NUMBER = "no_number", "not possible: there is no number"


class CallBackAttempt(Fact):
    """One attempt to reach a caller again, or the reason why none can be made."""

    append_only: ClassVar[bool] = True
    settles = (Settles("contact", "contact_id"),)

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="call_backs")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    result = models.CharField(max_length=10, choices=CallBackResult)
    note = models.TextField(blank=True)

    class Meta:
        """Of a known kind; not to ring is a decision with words."""

        indexes: ClassVar = [models.Index(fields=["contact", "at"], name="call_back_in_order")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(result__in=CallBackResult.values), name="call_back_result_known"),
            models.CheckConstraint(condition=~Q(result="unsafe") | ~Q(note=""), name="call_back_unsafe_says_why"),
        ]


class CallerNote(Fact):
    """How somebody who contacts the force again and again is to be dealt with: on a number or on a nominal.

    It helps to handle a call and never to refuse one. It has grounds, an author and a day of review (local); it ends
    only by a decision.
    """

    settles = (Settles("caller_note", "id"),)
    unsearched: ClassVar = {"line": "found by the number as it is written"}

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="caller_notes")
    number = models.CharField(max_length=NUMBER_LENGTH, blank=True)
    line = models.CharField(max_length=20, blank=True, help_text="The digits of the number, as they are compared.")
    grounds = models.TextField()
    handling = models.TextField(help_text="How to deal with a contact from them.")
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    review_on = models.DateField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    review_note = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    made_up = models.BooleanField(default=False)

    class Meta:
        """On one nominal or one number; with grounds and a way of handling; one standing note each."""

        indexes: ClassVar = [models.Index(fields=["line"], condition=~Q(line=""), name="caller_note_line")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person=None) & ~Q(line="") & ~Q(number="") | Q(person__isnull=False, line="", number=""),
                name="caller_note_on_one",
            ),
            models.CheckConstraint(condition=~Q(grounds="") & ~Q(handling=""), name="caller_note_says_why_and_how"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at=None, person__isnull=False), name="caller_note_one_a_person"
            ),
            models.UniqueConstraint(
                fields=["line"], condition=Q(ended_at=None) & ~Q(line=""), name="caller_note_one_a_line"
            ),
        ]
