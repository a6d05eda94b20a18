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
        from iops.control.dispatch.selectors import check_labels, find_none, press_labels
        from iops.control.grading import actions as grading_actions
        from iops.control.grading import protection
        from iops.control.record import actions as record_actions
        from iops.control.record import selectors as record_selectors
        from iops.control.record import steps
        from iops.obligations import records
        from iops.pole import involvement

        records.register("incident", records.RecordKind("incident", selectors.labels, selectors.find_id))
        records.register("welfare_check", records.RecordKind("welfare check", check_labels, find_none))
        records.register("emergency_press", records.RecordKind("emergency", press_labels, find_none))
        major = records.RecordKind("major incident", record_selectors.major_labels, find_none)
        records.register("major_incident", major)
        protection.ready()
        steps.ready()
        grading_actions.ready()
        linked = involvement.linked("incident", "control_incident", "reported_at")
        involvement.register("links to incidents", "incident", linked)
        actions.ready()
        record_actions.ready()
