"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig

CHILDREN = """select 'person', c.person_id, 'incident', c.incident_id, 'child', i.reported_at
    from safeguarding_incidentchild c join control_incident i on i.id = c.incident_id"""


class SafeguardingConfig(AppConfig):
    """The safeguarding area."""

    name = "iops.safeguarding"
    label = "safeguarding"

    def ready(self) -> None:
        """Put this area's actions and panel on the page of an incident; say which children are on which incident."""
        from iops.control.grading import protection
        from iops.pole import involvement
        from iops.safeguarding import actions
        from iops.safeguarding.assess import views as assess
        from iops.safeguarding.referrals import actions as referrals
        from iops.web import drafts

        involvement.register("children on incidents", "incident", CHILDREN)
        protection.register(
            "a child is on it",
            "select c.incident_id from safeguarding_incidentchild c where c.incident_id = wanted",
        )
        actions.ready()
        referrals.ready()
        drafts.register("assessment", drafts.Taker(assess.draft_address, assess.draft_title))
