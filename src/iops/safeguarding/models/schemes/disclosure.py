"""The facts of the Domestic Violence Disclosure Scheme (Clare's Law): the application and its steps."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from iops.control.models import Incident
from iops.foundation.models import Fact, Settles, User
from iops.pole.models import Person


class DisclosureRoute(models.TextChoices):
    """The two routes of the scheme (Domestic Abuse Act 2021 section 77)."""

    ASK = "right_to_ask", "right to ask"
    KNOW = "right_to_know", "right to know"


class DisclosureApplication(Fact):
    """Somebody asked, or police learnt, that a person may be at risk from a partner's past.

    `at_risk` is who may need to be told, `other` whose past it is about, `applicant` who asked and how they stand to
    the person at risk (empty for the right to know).
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("disclosure_application", "id"), Settles("incident", "incident_id"))
    follows: ClassVar = {"disclosure_application": ("incident", "incident_id")}

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="disclosure_applications")
    route = models.CharField(max_length=14, choices=DisclosureRoute)
    at_risk = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    applicant = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """Once a pair out of an incident; a right to ask has somebody who asked."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(route__in=DisclosureRoute.values), name="disclosure_route_known"),
            models.CheckConstraint(condition=~Q(at_risk=models.F("other")), name="disclosure_between_two"),
            models.CheckConstraint(
                condition=Q(route="right_to_know") | ~Q(applicant=""), name="disclosure_says_who_asked"
            ),
            models.UniqueConstraint(fields=["incident", "at_risk", "other"], name="disclosure_asked_once"),
        ]


class DisclosureStepKind(models.TextChoices):
    """The steps of an application."""

    CHECKED = "checked", "first checks made"
    MET = "met", "applicant met face to face"
    TO_DISCLOSE = "to_disclose", "decided to disclose"
    NOT_TO_DISCLOSE = "not_to_disclose", "decided not to disclose"
    DISCLOSED = "disclosed", "disclosed"


class DisclosureStep(Fact):
    """One step of an application: who took it and when; a disclosure says to whom and what, a refusal why.

    Every step is taken once: what was disclosed is never disclosed a second time. A disclosure follows the decision to
    disclose, which a trigger holds.
    """

    append_only: ClassVar[bool] = True
    settles = (Settles("disclosure_application", "application_id"),)

    application = models.ForeignKey(DisclosureApplication, on_delete=models.PROTECT, related_name="steps")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=DisclosureStepKind)
    at = models.DateTimeField()
    to_whom = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        """One decision; nothing twice; a disclosure says to whom and what."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=DisclosureStepKind.values), name="disclosure_step_known"),
            models.UniqueConstraint(fields=["application", "kind"], name="disclosure_step_once"),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(kind__in=["to_disclose", "not_to_disclose"]),
                name="disclosure_decided_once",
            ),
            models.CheckConstraint(
                condition=~Q(kind="disclosed") | (~Q(to_whom="") & ~Q(note="")), name="disclosure_says_to_whom_and_what"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["to_disclose", "not_to_disclose"]) | ~Q(note=""), name="disclosure_decided_why"
            ),
        ]
