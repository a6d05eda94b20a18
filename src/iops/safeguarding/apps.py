"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig

CHILDREN = """select 'person', c.person_id, 'incident', c.incident_id, 'child', i.reported_at
    from safeguarding_incidentchild c join control_incident i on i.id = c.incident_id"""


VULNERABLE = """select 'person', v.person_id, 'incident', v.incident_id, 'vulnerable', i.reported_at
    from safeguarding_vulnerabilityrecord v join control_incident i on i.id = v.incident_id"""


class SafeguardingConfig(AppConfig):
    """The safeguarding area."""

    name = "iops.safeguarding"
    label = "safeguarding"

    def ready(self) -> None:
        """Put this area's actions and panel on the page of an incident; say which children are on which incident."""
        from iops.control.grading import protection
        from iops.obligations import parts, records
        from iops.pole import involvement
        from iops.safeguarding import actions
        from iops.safeguarding.assess import views as assess
        from iops.safeguarding.hub import selectors as hub
        from iops.safeguarding.hub.queues import selectors as queues
        from iops.safeguarding.referrals import actions as referrals
        from iops.safeguarding.reviews import actions as reviews
        from iops.safeguarding.schemes import actions as schemes
        from iops.safeguarding.schemes import lines
        from iops.safeguarding.vulnerability import actions as vulnerability
        from iops.web import drafts

        involvement.register("children on incidents", "incident", CHILDREN)
        involvement.register("vulnerable people on incidents", "incident", VULNERABLE)
        protection.register(
            "a child is on it",
            "select c.incident_id from safeguarding_incidentchild c where c.incident_id = wanted",
        )
        actions.ready()
        referrals.ready()
        records.register("absence_alarm", records.RecordKind("absence alarm", hub.labels, lambda _: None))
        records.register("queue_alarm", records.RecordKind("queue alarm", queues.labels, lambda _: None))
        parts.register(parts.Part("The invariants of safeguarding", "invariants"))
        reviews.ready()
        drafts.register("assessment", drafts.Taker(assess.draft_address, assess.draft_title))
        vulnerability.ready()
        lines.ready()
        schemes.ready()
