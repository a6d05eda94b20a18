"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig


class ControlConfig(AppConfig):
    """The control area."""

    name = "iops.control"
    label = "control"

    def ready(self) -> None:
        """Tell the frame what this area puts on screen, how its records are named, and who is involved in them."""
        from iops.control import actions, selectors
        from iops.control.classing import actions as classing_actions
        from iops.control.closing import actions as closing_actions
        from iops.control.closing import strata
        from iops.control.contact import selectors as contacts
        from iops.control.contact import taking
        from iops.control.dispatch.selectors import check_labels, find_none, press_labels
        from iops.control.grading import actions as grading_actions
        from iops.control.grading import protection
        from iops.control.record import actions as record_actions
        from iops.control.record import selectors as record_selectors
        from iops.control.record import steps
        from iops.obligations import records
        from iops.pole import involvement
        from iops.web import drafts

        records.register("incident", records.RecordKind("incident", selectors.labels, selectors.find_id))
        records.register("welfare_check", records.RecordKind("welfare check", check_labels, find_none))
        records.register("emergency_press", records.RecordKind("emergency", press_labels, find_none))
        records.register("contact", records.RecordKind("contact", contacts.labels, contacts.find_id))
        records.register(
            "caller_note", records.RecordKind("note on a caller", contacts.note_labels, contacts.find_none)
        )
        drafts.register("new incident", drafts.Taker(taking.draft_address, taking.draft_title))
        protection.ready()
        strata.ready()
        classing_actions.ready()
        closing_actions.ready()
        major = records.RecordKind("major incident", record_selectors.major_labels, find_none)
        records.register("major_incident", major)
        steps.ready()
        grading_actions.ready()
        linked = involvement.linked("incident", "control_incident", "reported_at")
        involvement.register("links to incidents", "incident", linked)
        actions.ready()
        record_actions.ready()
