"""The facts of protection notices (DVPN, DAPN): the notice, and every step until its hearing has ended."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from iops.control.models import Incident
from iops.foundation.models import Fact, Settles, User
from iops.pole.models import Person

SENIOR = ("superintendent", "chief_superintendent", "assistant_chief_constable")
"""The ranks that may authorise a DVPN (Crime and Security Act 2010 section 24(1))."""


class NoticeKind(models.TextChoices):
    """Under which Act a notice is given."""

    DVPN = "dvpn", "domestic violence protection notice"
    DAPN = "dapn", "domestic abuse protection notice"


class Rank(models.TextChoices):
    """The rank of whoever authorised a notice: superintendent for a DVPN, inspector for a DAPN, or above."""

    INSPECTOR = "inspector", "inspector"
    CHIEF_INSPECTOR = "chief_inspector", "chief inspector"
    SUPERINTENDENT = "superintendent", "superintendent"
    CHIEF_SUPERINTENDENT = "chief_superintendent", "chief superintendent"
    ASSISTANT_CHIEF_CONSTABLE = "assistant_chief_constable", "assistant chief constable or above"


class ProtectionNotice(Fact):
    """One notice as it was served on the respondent; from `served_at` 48 court hours run until the hearing.

    Crime and Security Act 2010 sections 24 to 27 (DVPN), Domestic Abuse Act 2021 sections 22 to 29 (DAPN). The
    respondent must be 18 or over; a trigger refuses one who is known to be younger.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("protection_notice", "id"), Settles("incident", "incident_id"))
    follows: ClassVar = {"protection_notice": ("incident", "incident_id")}

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="protection_notices")
    kind = models.CharField(max_length=4, choices=NoticeKind)
    victim = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    respondent = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    authoriser = models.CharField(max_length=200, help_text="Name and number of the authorising officer.")
    authorised_rank = models.CharField(max_length=30, choices=Rank)
    authorised_at = models.DateTimeField()
    served_at = models.DateTimeField()
    grounds = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Authorised before it is served, by a rank that may, against somebody else than the victim."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="notice_kind_known"),
            models.CheckConstraint(condition=Q(authorised_rank__in=Rank.values), name="notice_rank_known"),
            models.CheckConstraint(
                condition=~Q(kind="dvpn") | Q(authorised_rank__in=SENIOR), name="notice_rank_is_high_enough"
            ),
            models.CheckConstraint(condition=Q(served_at__gte=models.F("authorised_at")), name="notice_served_after"),
            models.CheckConstraint(condition=~Q(victim=models.F("respondent")), name="notice_between_two"),
            models.CheckConstraint(condition=~Q(grounds="") & ~Q(authoriser=""), name="notice_says_who_and_why"),
            models.UniqueConstraint(fields=["incident", "respondent", "served_at"], name="notice_once"),
        ]


class NoticeStepKind(models.TextChoices):
    """What happens to a notice after it was served."""

    LISTED = "listed", "hearing listed"
    ADJOURNED = "adjourned", "hearing adjourned, the notice stays in force"
    ORDER_MADE = "order_made", "order made"
    REFUSED = "refused", "order refused"
    WITHDRAWN = "withdrawn", "application withdrawn"
    LAPSED = "lapsed", "lapsed without a hearing"
    REVIEWED = "reviewed", "lapse reviewed"


HEARD = (NoticeStepKind.ADJOURNED, NoticeStepKind.ORDER_MADE, NoticeStepKind.REFUSED)
"""The steps that say that the court sat."""
ENDED = (NoticeStepKind.ORDER_MADE, NoticeStepKind.REFUSED, NoticeStepKind.WITHDRAWN)
"""The steps after which nothing follows."""


class NoticeStep(Fact):
    """One step of a notice. `at` is when it happened. Which may follow which, a trigger holds.

    `listed_for` is when the court sits (listed, adjourned); `ends_on` the last day of the order. A lapse is written by
    the system once 48 court hours have passed without a hearing, and is reviewed by an inspector (I28).
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("protection_notice", "notice_id"),)

    notice = models.ForeignKey(ProtectionNotice, on_delete=models.PROTECT, related_name="steps")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=NoticeStepKind)
    at = models.DateTimeField()
    listed_for = models.DateTimeField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Ends once; a listing says for when; what is refused, withdrawn or reviewed says why."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=NoticeStepKind.values), name="notice_step_known"),
            models.CheckConstraint(
                condition=Q(kind__in=["listed", "adjourned"], listed_for__isnull=False)
                | (~Q(kind__in=["listed", "adjourned"]) & Q(listed_for=None)),
                name="notice_listed_for_when",
            ),
            models.CheckConstraint(condition=Q(ends_on=None) | Q(kind="order_made"), name="notice_order_alone_ends"),
            models.CheckConstraint(
                condition=~Q(kind__in=["refused", "withdrawn", "reviewed"]) | ~Q(note=""), name="notice_says_why"
            ),
            models.UniqueConstraint(
                fields=["notice"],
                condition=Q(kind__in=["order_made", "refused", "withdrawn"]),
                name="notice_ends_once",
            ),
            models.UniqueConstraint(fields=["notice"], condition=Q(kind="lapsed"), name="notice_lapses_once"),
            models.UniqueConstraint(fields=["notice"], condition=Q(kind="reviewed"), name="notice_lapse_reviewed_once"),
        ]
