"""The facts of the registrar's desk: audits of closures with their draw and answers, and decisions on suspicions."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from iops.control.models import Closing, Incident
from iops.foundation.models import District, Fact, Settles, User


class Kind(models.TextChoices):
    """Of what type a closure is for the strata of an audit: the first that fits."""

    DOMESTIC = "domestic", "domestic"
    WORDS = "words", "words of a crime"
    OTHER = "other", "other"


class AuditFrame(Fact):
    """All closures of a period, frozen: the population of one audit, before anybody knows what will be drawn of it.

    One closure for each incident: its last in the local days `since` to `until`, both counted. `fingerprint` is SHA-256
    over the strata with the ids of their closures (`sampling.draw.fingerprint`), `wanted` how many are to be drawn,
    `words` the edition of the word list that told the types apart. Two audits never overlap, so that nobody freezes one
    after the other until a draw suits.
    """

    append_only: ClassVar[bool] = True
    unsearched: ClassVar[dict[str, str]] = {
        "fingerprint": "a hash, compared and never looked for",
        "words": "the code of an edition",
    }

    since = models.DateField()
    until = models.DateField()
    wanted = models.PositiveIntegerField()
    population = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64)
    words = models.CharField(max_length=40)
    frozen_at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """A period with closures in it, audited once."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="audit_period_runs_forward"),
            models.CheckConstraint(condition=Q(population__gt=0, wanted__gt=0), name="audit_has_a_population"),
            ExclusionConstraint(
                name="audit_periods_apart",
                expressions=[
                    (
                        Func(
                            "since", "until", RangeBoundary(inclusive_upper=True),
                            function="daterange", output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    )
                ],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.since:%d/%m/%Y} to {self.until:%d/%m/%Y}"


class AuditStratum(Fact):
    """One stratum of a frozen population: the closures of one type in one district, by their ids in order."""

    append_only: ClassVar[bool] = True
    unsearched: ClassVar[dict[str, str]] = {"kind": "a word from a fixed list"}

    frame = models.ForeignKey(AuditFrame, on_delete=models.PROTECT, related_name="strata")
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    closings = ArrayField(models.BigIntegerField())

    class Meta:
        """Once in its audit; never empty."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["frame", "district", "kind"], name="audit_stratum_once"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="audit_stratum_kind_known"),
            models.CheckConstraint(condition=~Q(closings=[]), name="audit_stratum_holds_closures"),
        ]


class AuditDraw(Fact):
    """The draw of an audit: the seal of history that covers the frozen population gives the seed.

    The seal is made after the population is frozen, of whatever the whole force wrote meanwhile, so that nobody can
    choose it; `sizes` says how many of each stratum, by its id. Anybody can draw again from these and compare.
    """

    append_only: ClassVar[bool] = True
    unsearched: ClassVar[dict[str, str]] = {
        "seal_root": "a hash, compared and never looked for",
        "seed": "a hash, compared and never looked for",
    }

    frame = models.OneToOneField(AuditFrame, on_delete=models.PROTECT, related_name="draw")
    seal = models.BigIntegerField()
    seal_root = models.CharField(max_length=64)
    seed = models.CharField(max_length=64)
    sizes = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class AuditItem(Fact):
    """One drawn closure, to be judged by two reviewers apart. Who works on incidents does not see that it is drawn."""

    append_only: ClassVar[bool] = True
    settles = (Settles("audit_item", "id"),)

    frame = models.ForeignKey(AuditFrame, on_delete=models.PROTECT, related_name="items")
    stratum = models.ForeignKey(AuditStratum, on_delete=models.PROTECT, related_name="items")
    closing = models.ForeignKey(Closing, on_delete=models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveIntegerField(help_text="Its place in the draw of its stratum, from 1.")
    drawn_at = models.DateTimeField()

    class Meta:
        """A closure is drawn once, at one place."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["frame", "closing"], name="audit_item_once"),
            models.UniqueConstraint(fields=["stratum", "place"], name="audit_item_place_once"),
        ]


class Recorded(models.TextChoices):
    """Whether a crime that should have been recorded was, when the population was frozen."""

    RIGHT = "right", "yes, in the right class"
    WRONG_CLASS = "wrong_class", "yes, in a wrong class"
    NO = "no", "no"


class Answer(models.TextChoices):
    """An answer to a point that may not arise."""

    YES = "yes", "yes"
    NO = "no", "no"
    UNKNOWN = "unknown", "the record does not say"


JUDGED = ("should", "offence", "recorded", "in_time", "victim_told")
"""The points that two reviewers are compared on, in the order in which they are asked."""


class Judgement(Fact):
    """What somebody judges of a closure, point by point; points that do not arise are empty.

    `should`: a crime is disclosed that should have been recorded; `offence`: of which group (`words` of the word list);
    `recorded`: whether it was; `in_time`: within 24 hours of the first report; `victim_told`: the victim knows the
    decision. Abstract.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("audit_item", "item_id"),)
    unsearched: ClassVar[dict[str, str]] = dict.fromkeys(
        ("offence", "recorded", "in_time", "victim_told", "words"),
        "part of a judgement that is blind until the other one is given",
    )

    should = models.BooleanField()
    offence = models.CharField(max_length=40, blank=True)
    recorded = models.CharField(max_length=12, choices=Recorded, blank=True)
    in_time = models.CharField(max_length=8, choices=Answer, blank=True)
    victim_told = models.CharField(max_length=8, choices=Answer, blank=True)
    words = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Abstract."""

        abstract = True


def whole(name: str) -> models.CheckConstraint:
    """The points that arise are answered and no others: of what is no crime, none but the first."""
    nothing = Q(should=False, offence="", recorded="", in_time="", victim_told="")
    not_recorded = Q(should=True, recorded="no", in_time="") & ~Q(offence="")
    recorded = Q(should=True, recorded__in=["right", "wrong_class"], in_time__in=Answer.values) & ~Q(offence="")
    told = Q(victim_told__in=Answer.values)
    return models.CheckConstraint(condition=nothing | (told & (not_recorded | recorded)), name=name)


class AuditAnswer(Judgement):
    """One reviewer's judgement of a drawn closure, seen by nobody else until the second is given.

    `place` (1 or 2) is written by the database, which lets no third in, nor anybody who had a part in the closure.
    """

    item = models.ForeignKey(AuditItem, on_delete=models.PROTECT, related_name="answers")
    place = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        """Two for an item, of two people."""

        constraints: ClassVar = [
            whole("audit_answer_whole"),
            models.UniqueConstraint(fields=["item", "place"], name="audit_answer_place_once"),
            models.UniqueConstraint(fields=["item", "by"], name="audit_answer_of_two_people"),
            models.CheckConstraint(condition=Q(place__in=[1, 2]), name="audit_answer_place_known"),
        ]


class AuditComparison(Fact):
    """Both answers are given: whether they agree, and on which points they do not. Written by the database alone.

    Its id is that of its item, so that the answers can be hidden until it is there.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("audit_item", "item_id"),)

    item = models.OneToOneField(AuditItem, on_delete=models.PROTECT, related_name="comparison")
    agrees = models.BooleanField()
    differing = ArrayField(models.CharField(max_length=12))
    at = models.DateTimeField()

    class Meta:
        """They agree or there is a point on which they do not."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(agrees=True, differing=[]) | (Q(agrees=False) & ~Q(differing=[])),
                                   name="audit_comparison_says_where"),
            models.CheckConstraint(condition=Q(id=F("item_id")), name="audit_comparison_has_the_id_of_its_item"),
        ]  # fmt: skip


class AuditAdjudication(Judgement):
    """The registrar's judgement where two reviewers do not agree, with the reason in `words`."""

    item = models.OneToOneField(AuditItem, on_delete=models.PROTECT, related_name="adjudication")

    class Meta:
        """Says why."""

        constraints: ClassVar = [
            whole("audit_adjudication_whole"),
            models.CheckConstraint(condition=~Q(words=""), name="audit_adjudication_says_why"),
        ]


class Verdict(models.TextChoices):
    """What is decided on a closure that looks like an unrecorded crime."""

    RECORD = "record", "record a crime"
    NO_CRIME = "no_crime", "not a crime"


class SuspicionDecision(Fact):
    """A decision on an incident that was closed without a crime and looks like one, with what made it look so then."""

    append_only: ClassVar[bool] = True
    unsearched: ClassVar[dict[str, str]] = {
        "verdict": "a word from a fixed list",
        "edition": "the code of an edition",
    }

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="suspicion_decisions")
    closing = models.OneToOneField(Closing, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict)
    reason = models.TextField()
    signs = models.JSONField()
    edition = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """One of two, with a reason, once for a closure."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values) & ~Q(reason=""), name="suspicion_decided"),
        ]
