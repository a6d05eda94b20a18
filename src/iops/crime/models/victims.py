"""The facts of a victim's rights on a crime: needs, contact, entitlements, each news owed, letters, review.

The system makes `CrimeVictim` and `VictimNews` by itself, from who is linked to the crime and from what happens to it
(sql/66_victims.sql); nobody types that news is owed. `crime` of everything that names a victim is that victim's crime:
the database sets it.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from iops.crime.models.crimes import Crime
from iops.crime.models.life import CrimeOutcome, VictimTold
from iops.foundation.models import Fact, Settles, User
from iops.pole.models import Person


class CrimeVictim(Fact):
    """One person who is a victim of one crime, from when they were linked to it. The system makes the row.

    Whether they still are one is what the link says: a link that was withdrawn ends what is owed.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("crime_victim", "id"),)
    follows: ClassVar = {"crime_victim": ("crime", "crime_id")}

    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="victims")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """Once a person and crime."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["crime", "person"], name="crime_victim_once")]


class NewsKind(models.TextChoices):
    """The key events of which a victim is told (Victims' Code, rights 2, 6, 8 and 9)."""

    RECORDED = "recorded", "the crime was recorded"
    ARRESTED = "arrested", "a suspect was arrested"
    INTERVIEWED = "interviewed", "a suspect was interviewed under caution"
    BAILED = "bailed", "a suspect was released on bail"
    CONDITIONS = "conditions_changed", "bail conditions were changed or ended"
    UNDER_INVESTIGATION = "under_investigation", "a suspect was released under investigation"
    RELEASED = "released", "a suspect was released without charge"
    CHARGED = "charged", "a suspect was charged"
    COURT_DATE = "court_date", "a date of a hearing was set or changed"
    OUTCOME = "outcome", "the crime was given an outcome"
    NOT_PROSECUTED = "not_prosecuted", "it was decided not to prosecute"
    REMOVED = "removed", "the record of the crime was removed"
    SCREENED_OUT = "screened_out", "it was decided not to investigate further"
    REOPENED = "reopened", "the crime was opened again"


class VictimNews(Fact):
    """One key event of which one victim must be told. The system makes the row, from `iops.victim_key_event`.

    `source` and `source_id` name the row that the event is; `at` is when it happened.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("victim_news", "id"),)
    follows: ClassVar = {"victim_news": ("crime", "crime_id")}

    victim = models.ForeignKey(CrimeVictim, on_delete=models.PROTECT, related_name="news")
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=NewsKind)
    source = models.CharField(max_length=63)
    source_id = models.BigIntegerField()
    at = models.DateTimeField()

    unsearched: ClassVar[dict[str, str]] = {"source": "the name of a table"}

    class Meta:
        """Each event once for each victim."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["victim", "kind", "source", "source_id"], name="victim_news_once"),
            models.CheckConstraint(condition=Q(kind__in=NewsKind.values), name="victim_news_known"),
        ]


class VictimNewsTold(Fact):
    """Which telling brought which news: the clock of the news stops at the moment of the telling."""

    append_only: ClassVar[bool] = True
    settles = (Settles("victim_news", "news_id"),)

    news = models.OneToOneField(VictimNews, on_delete=models.PROTECT, related_name="brought")
    told = models.ForeignKey(VictimTold, on_delete=models.PROTECT, related_name="brought")
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="+")


class NeedsAssessment(Fact):
    """What a victim needs, and whether they are in a group with enhanced rights (Victims' Code, right 4).

    The latest stands. An assessment gives enhanced rights and never takes them away: see `EnhancedRemoval`.
    `needs` holds language, interpreter, how they understand best; `special_measures` what they wish at court.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("crime", "crime_id"),)

    victim = models.ForeignKey(CrimeVictim, on_delete=models.PROTECT, related_name="assessments")
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="+")
    most_serious = models.BooleanField(default=False)
    persistently_targeted = models.BooleanField(default=False)
    vulnerable = models.BooleanField(default=False)
    intimidated = models.BooleanField(default=False)
    needs = models.TextField(blank=True)
    special_measures = models.TextField(blank=True)
    grounds = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Says on what it rests."""

        constraints: ClassVar = [models.CheckConstraint(condition=~Q(grounds=""), name="victim_needs_say_why")]

    @property
    def enhanced(self) -> bool:
        """Whether the victim is in one of the groups."""
        return self.most_serious or self.persistently_targeted or self.vulnerable or self.intimidated


class EnhancedRemoval(Fact):
    """That a victim should not have enhanced rights: asked with a reason, and decided by a second person.

    Until a supervisor who did not ask agrees, the rights stand.
    """

    settles = (Settles("crime", "crime_id"),)

    victim = models.ForeignKey(CrimeVictim, on_delete=models.PROTECT, related_name="removals")
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    agreed = models.BooleanField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    words = models.TextField(blank=True)

    class Meta:
        """With a reason; one open at a time; never decided by whoever asked."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="enhanced_removal_says_why"),
            models.CheckConstraint(
                condition=Q(agreed=None, decided_at=None, decided_by=None)
                | (Q(agreed__isnull=False, decided_at__isnull=False, decided_by__isnull=False) & ~Q(words="")),
                name="enhanced_removal_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="enhanced_removal_second_person"
            ),
            models.UniqueConstraint(
                fields=["victim"], condition=Q(decided_at=None), name="enhanced_removal_one_at_a_time"
            ),
        ]


class TellChannel(models.TextChoices):
    """How a victim is reached."""

    PHONE = "phone", "telephone"
    TEXT = "text", "text message"
    EMAIL = "email", "email"
    LETTER = "letter", "letter"
    IN_PERSON = "in_person", "in person"
    THROUGH = "through", "through somebody they chose"


class ContactPlan(Fact):
    """How a victim wishes to be kept in touch, agreed with them; the latest stands (Victims' Code, rights 3 and 6).

    `every_days` is how often at the least, in days. `never` are the channels that are not safe, which the database
    holds for letters and texts. `discreet` means that nothing that is written says what it is about.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("crime", "crime_id"),)

    victim = models.ForeignKey(CrimeVictim, on_delete=models.PROTECT, related_name="plans")
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=12, choices=TellChannel)
    details = models.TextField(blank=True)
    every_days = models.PositiveSmallIntegerField()
    safe_times = models.TextField(blank=True)
    never = ArrayField(models.CharField(max_length=12, choices=TellChannel), default=list, blank=True)
    not_safe = models.TextField(blank=True)
    discreet = models.BooleanField(default=False)
    officer = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """At least every three months; the channel agreed is not one of those that are not safe."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(every_days__range=(1, 92)), name="contact_plan_how_often"),
            models.CheckConstraint(condition=Q(channel__in=TellChannel.values), name="contact_plan_channel_known"),
            models.CheckConstraint(condition=~Q(never__contains=[F("channel")]), name="contact_plan_channel_is_safe"),
        ]


class Entitlement(models.TextChoices):
    """What a victim is offered, or told that they may have (Victims' Code, rights 1 to 12)."""

    CONFIRMATION = "confirmation", "written confirmation of the report"
    SERVICES = "services", "victims' services"
    COMPENSATION = "compensation", "how to ask for compensation"
    VPS = "vps", "a Victim Personal Statement"
    REVIEW = "review", "the right to have a decision reviewed"
    PROPERTY = "property", "expenses, and property given back"
    COMPLAINT = "complaint", "how to complain"


class OfferAnswer(models.TextChoices):
    """What came of an offer."""

    TOLD = "told", "told of it"
    TAKEN = "taken", "taken up"
    DECLINED = "declined", "declined"
    LATER = "later", "wishes to be asked again"


class EntitlementOffer(Fact):
    """That an entitlement was offered to a victim, and what they said; the latest of each stands."""

    append_only: ClassVar[bool] = True
    settles = (Settles("crime", "crime_id"),)

    victim = models.ForeignKey(CrimeVictim, on_delete=models.PROTECT, related_name="offers")
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=12, choices=Entitlement)
    answer = models.CharField(max_length=8, choices=OfferAnswer)
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Known things and answers."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(what__in=Entitlement.values) & Q(answer__in=OfferAnswer.values),
                name="entitlement_offer_known",
            )
        ]


class VictimLetter(Fact):
    """A letter, email or text to a victim: the exact words that went out, and by whom they were read before.

    It is a telling (`told`), so that the clocks it stops are those of the same words.
    """

    append_only: ClassVar[bool] = True

    victim = models.ForeignKey(CrimeVictim, on_delete=models.PROTECT, related_name="letters")
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="+")
    told = models.OneToOneField(VictimTold, on_delete=models.PROTECT, related_name="letter")
    template = models.CharField(max_length=40)
    channel = models.CharField(max_length=12, choices=TellChannel)
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    unsearched: ClassVar[dict[str, str]] = {"template": "the name of a template"}

    class Meta:
        """Written, and sent by a channel for writing."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(text="") & Q(channel__in=("text", "email", "letter")), name="victim_letter_is_written"
            )
        ]


class ReviewRequest(Fact):
    """A victim asks that the decision to end their case be looked at again (Victims' Code, right 6)."""

    append_only: ClassVar[bool] = True
    settles = (Settles("victim_review", "id"),)
    follows: ClassVar = {"victim_review": ("crime", "crime_id")}

    victim = models.ForeignKey(CrimeVictim, on_delete=models.PROTECT, related_name="reviews")
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="+")
    outcome = models.ForeignKey(CrimeOutcome, on_delete=models.PROTECT, related_name="review_requests")
    words = models.TextField()
    asked_at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """In the victim's words; each decision once for each victim."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(words=""), name="review_request_says"),
            models.UniqueConstraint(fields=["victim", "outcome"], name="review_request_once"),
        ]


class ReviewResult(models.TextChoices):
    """What came of a review."""

    UPHELD = "upheld", "the decision was right"
    OVERTURNED = "overturned", "the decision was wrong: the case goes on"
    WRONG_NO_ACTION = "wrong_no_action", "the decision was wrong, but nothing can be done any more"


class ReviewAnswer(Fact):
    """The answer to a request for review, by somebody who had no part in the case; the database refuses any other."""

    append_only: ClassVar[bool] = True
    settles = (Settles("victim_review", "request_id"),)

    request = models.OneToOneField(ReviewRequest, on_delete=models.PROTECT, related_name="answer")
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=16, choices=ReviewResult)
    reasons = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """One of three, with reasons."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(result__in=ReviewResult.values) & ~Q(reasons=""), name="review_answer_says_why"
            )
        ]
