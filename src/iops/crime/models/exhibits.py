"""Property and exhibits: what was seized, under which seal, in whose hands it was from then on, why it is kept.

An exhibit has no state of its own. Where it is is what its last movement says, and the movements are a chain: each
names the one before, begins where that one ended, and nothing in it is ever changed (Criminal Procedure and
Investigations Act 1996 Code of Practice; Forensic Science Regulator's Code, continuity).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from iops.control.models import Incident
from iops.crime.models.crimes import Crime
from iops.foundation.models import District, Fact, Settles, User
from iops.pole.models import Person


class PropertyKind(models.TextChoices):
    """What sort of thing it is."""

    PHONE = "phone", "telephone"
    DIGITAL = "digital", "other digital device or medium"
    RECORDING = "recording", "recording"
    DRUGS = "drugs", "drugs"
    CASH = "cash", "cash"
    WEAPON = "weapon", "weapon"
    CLOTHING = "clothing", "clothing"
    SAMPLE = "sample", "forensic sample"
    DOCUMENT = "document", "document"
    VEHICLE = "vehicle", "vehicle"
    OTHER = "other", "other property"


class Power(models.TextChoices):
    """By what right the police have it."""

    PACE_19 = "pace_19", "PACE 1984 section 19, on premises lawfully"
    PACE_18 = "pace_18", "PACE 1984 section 18, after arrest"
    PACE_32 = "pace_32", "PACE 1984 section 32, on arrest"
    PACE_8 = "pace_8", "PACE 1984 section 8, warrant"
    PACE_1 = "pace_1", "PACE 1984 section 1, stop and search"
    DRUGS_23 = "drugs_23", "Misuse of Drugs Act 1971 section 23"
    HANDED_IN = "handed_in", "handed over freely"
    FOUND = "found", "found property"
    OTHER = "other", "another power"


class Exhibit(Fact):
    """One thing that the police took: "PR/12/2026", with the identification mark of whoever found it, such as JS/1.

    `owner` is whose it is, when that is known; `pence` is counted money, in pence. `crime` may be empty: found property
    belongs to an incident alone.
    """

    append_only: ClassVar[bool] = True
    record_kind: ClassVar[str] = "exhibit"
    settles = (Settles("exhibit", "id"),)
    follows: ClassVar = {"exhibit": ("incident", "incident_id")}
    numbered = ("property", "year", "number")
    number_said: ClassVar[str] = "'PR/' || n.number || '/' || to_char(n.year, 'YYYY')"

    year = models.DateField(help_text="1 January of the year the number belongs to.")
    number = models.PositiveIntegerField()
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="exhibits")
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, null=True, blank=True, related_name="exhibits")
    mark = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, choices=PropertyKind)
    description = models.TextField()
    pence = models.BigIntegerField(null=True, blank=True)
    power = models.CharField(max_length=10, choices=Power)
    seized_at = models.DateTimeField()
    seized_where = models.CharField(max_length=200)
    seized_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    seized_from = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_up = models.BooleanField(default=False)

    class Meta:
        """A number and a mark are borne once; it was taken before it was booked in."""

        indexes: ClassVar = [models.Index(fields=["-at", "-id"], name="exhibit_newest")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "number"], name="exhibit_number_once"),
            models.UniqueConstraint(fields=["incident", "mark"], name="exhibit_mark_once"),
            models.CheckConstraint(condition=Q(year__month=1, year__day=1), name="exhibit_year_is_first_day"),
            models.CheckConstraint(
                condition=Q(kind__in=PropertyKind.values) & Q(power__in=Power.values), name="exhibit_known_words"
            ),
            models.CheckConstraint(
                condition=~Q(mark="") & ~Q(description="") & ~Q(seized_where=""), name="exhibit_says_what"
            ),
            models.CheckConstraint(condition=Q(seized_at__lte=F("at")), name="exhibit_taken_before_booked"),
            models.CheckConstraint(
                condition=Q(pence__gte=0, kind="cash") | Q(pence=None) & ~Q(kind="cash"), name="exhibit_cash_counted"
            ),
        ]

    @property
    def reference(self) -> str:
        """The number people say: "PR/12/2026"."""
        return f"PR/{self.number}/{self.year:%Y}"

    def __str__(self) -> str:
        return self.reference


class ExhibitSeal(Fact):
    """A bag or tag with its number, which is borne once for ever; `reason` says why an earlier seal was broken."""

    append_only: ClassVar[bool] = True

    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="seals")
    seal = models.CharField(max_length=30, unique=True)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """A seal has a number, in capitals without spaces."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(seal__regex=r"^[A-Z0-9][A-Z0-9-]{2,29}$"), name="exhibit_seal_number")
        ]


class PropertyStore(Fact):
    """A place where property is kept: "North, property store"."""

    record_kind: ClassVar[str] = "property_store"

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """It has a name."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(name="") & ~Q(code=""), name="store_has_name")]

    def __str__(self) -> str:
        return self.name


class Movement(models.TextChoices):
    """What was done with an exhibit."""

    SEIZED = "seized", "seized"
    STORED = "stored", "put into a store"
    HANDED = "handed", "handed to a colleague"
    SENT = "sent", "sent out, such as to a laboratory"
    RELEASED = "released", "released"
    DESTROYED = "destroyed", "destroyed"


LAST = ("released", "destroyed")
"""After these nothing moves any more."""


class ExhibitMove(Fact):
    """One link of the chain of custody: from whose hands to whose, when, and why.

    It goes to a person here (`to_user`), a store with its shelf, or a body or person outside (`to_body`); to nobody
    when it is destroyed. `before` is the movement it follows; the database sets `step` and refuses a chain that
    branches, goes back in time, or begins elsewhere than the last one ended. `authority` allows a release or a
    destruction, `witness` saw the destruction. `seal_whole` says whether the seal was unbroken on arrival.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("exhibit", "exhibit_id"),)
    unsearched: ClassVar[dict[str, str]] = {"from_body": "the same words as those of the movement before"}

    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="moves")
    before = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="after")
    step = models.PositiveIntegerField(default=0, editable=False)
    movement = models.CharField(max_length=9, choices=Movement)
    from_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    from_store = models.ForeignKey(PropertyStore, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    from_body = models.CharField(max_length=100, blank=True)
    to_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    to_store = models.ForeignKey(PropertyStore, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    to_body = models.CharField(max_length=100, blank=True)
    shelf = models.CharField(max_length=40, blank=True)
    seal_whole = models.BooleanField(default=True)
    reason = models.CharField(max_length=200)
    authority = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    witness = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """One first link and one of each step; each movement goes where movements of its kind go."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["exhibit", "step"], name="exhibit_one_of_each_step"),
            models.CheckConstraint(condition=Q(movement__in=Movement.values) & ~Q(reason=""), name="move_says_why"),
            models.CheckConstraint(
                condition=Q(movement="seized", before=None) | ~Q(movement="seized") & Q(before__isnull=False),
                name="move_first_is_seizure",
            ),
            models.CheckConstraint(
                condition=Q(movement__in=["seized", "handed"], to_user__isnull=False, to_store=None, to_body="")
                | Q(movement="stored", to_store__isnull=False, to_user=None, to_body="")
                | Q(movement__in=["sent", "released"], to_user=None, to_store=None) & ~Q(to_body="")
                | Q(movement="destroyed", to_user=None, to_store=None, to_body=""),
                name="move_goes_somewhere",
            ),
            models.CheckConstraint(
                condition=~Q(movement__in=LAST) | Q(authority__isnull=False), name="move_end_has_authority"
            ),
            models.CheckConstraint(
                condition=~Q(movement="destroyed") | Q(witness__isnull=False) & ~Q(witness=F("by")),
                name="move_destruction_has_witness",
            ),
        ]


class RetentionReason(models.TextChoices):
    """Why an exhibit is kept (CPIA 1996 Code of Practice; Police (Property) Act 1897)."""

    INVESTIGATION = "investigation", "the investigation goes on"
    PROCEEDINGS = "proceedings", "proceedings go on"
    APPEAL = "appeal", "an appeal may be made or goes on"
    SENTENCE = "sentence", "CPIA: until release from custody, or six months from conviction"
    COURT_ORDER = "court_order", "an order of a court"
    OWNER_UNKNOWN = "owner_unknown", "the owner is not known yet"
    DISPUTED = "disputed", "who owns it is disputed"


class Retention(Fact):
    """That an exhibit is kept, for which reason, and until which local day that is looked at again."""

    append_only: ClassVar[bool] = True
    settles = (Settles("exhibit_retention", "id"),)
    follows: ClassVar = {"exhibit_retention": ("exhibit", "exhibit_id")}

    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="retentions")
    reason = models.CharField(max_length=13, choices=RetentionReason)
    note = models.TextField(blank=True)
    review_on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """The reason is one of the list."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(reason__in=RetentionReason.values), name="retention_known")
        ]


class RetentionReview(Fact):
    """That a retention was looked at: it ends. What is kept further gets a retention of its own, with its next day."""

    append_only: ClassVar[bool] = True
    settles = (Settles("exhibit_retention", "retention_id"),)

    retention = models.OneToOneField(Retention, on_delete=models.PROTECT, related_name="review")
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="+")
    keeps = models.BooleanField()
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """A review gives its reasons."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="retention_review_says_why")]


class StockCheck(Fact):
    """A count of everything in a store at one moment: how many should be there, how many were scanned."""

    append_only: ClassVar[bool] = True

    store = models.ForeignKey(PropertyStore, on_delete=models.PROTECT, related_name="checks")
    expected = models.PositiveIntegerField()
    scanned = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class Difference(models.TextChoices):
    """How a count differs from the records."""

    MISSING = "missing", "on record here, and not found"
    SURPLUS = "surplus", "found here, and on record elsewhere"
    UNKNOWN = "unknown", "found here, and on no record"


class StockDifference(Fact):
    """One difference that a count found; somebody must answer for it. `code` is what was scanned."""

    append_only: ClassVar[bool] = True
    settles = (Settles("stock_difference", "id"),)
    follows: ClassVar = {"stock_difference": ("exhibit", "exhibit_id")}

    check_made = models.ForeignKey(StockCheck, on_delete=models.PROTECT, related_name="differences")
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=60)
    difference = models.CharField(max_length=7, choices=Difference)
    at = models.DateTimeField()

    class Meta:
        """What is missing or surplus is a known exhibit."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(difference="unknown", exhibit=None)
                | Q(difference__in=["missing", "surplus"], exhibit__isnull=False),
                name="stock_difference_known",
            )
        ]


class StockAnswer(Fact):
    """What became of a difference: found again, recorded wrongly, or lost and reported."""

    append_only: ClassVar[bool] = True
    settles = (Settles("stock_difference", "difference_id"),)

    difference = models.OneToOneField(StockDifference, on_delete=models.PROTECT, related_name="answer")
    words = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """An answer says something."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(words=""), name="stock_answer_says")]
