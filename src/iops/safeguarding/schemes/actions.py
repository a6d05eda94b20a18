"""The schemes on the page of an incident: their panel and every step of a thing that stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from iops.control.forms import Target
from iops.control.panels import Action, Panel, register
from iops.foundation.errors import NotFoundError
from iops.safeguarding.actions import own_child
from iops.safeguarding.models import (
    ChildProtection,
    DisclosureApplication,
    MaracAction,
    MaracCase,
    MatacNomination,
    ProtectionNotice,
    School,
    VictimRights,
)
from iops.safeguarding.schemes import (
    disclosure,
    encompass,
    forms,
    marac,
    notices,
    perpetrators,
    protection,
    selectors,
    victims,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import Model

    from iops.control.models import Incident
    from iops.foundation.models import User

Typed = dict[str, Any]


def own(model: type[Model], incident: Incident, number: int) -> int:
    """The thing, if it is this incident's: an address must not reach into another one. Raises NotFoundError."""
    if not model._default_manager.filter(pk=number, incident=incident).exists():
        raise NotFoundError("There is nothing of that number on this incident.")
    return number


def _notice(incident: Incident, typed: Typed, by: User) -> str:
    number = own(ProtectionNotice, incident, typed["target"])
    told = {name: typed[name] for name in ("at", "listed_for", "ends_on", "note")}
    notices.notice_step(number, typed["kind"], by, **told)
    return "Written down."


def _lapse(incident: Incident, typed: Typed, by: User) -> str:
    notices.review_lapse(own(ProtectionNotice, incident, typed["target"]), typed["note"], by)
    return "The lapse is reviewed."


def _disclosure(incident: Incident, typed: Typed, by: User) -> str:
    number = own(DisclosureApplication, incident, typed["target"])
    disclosure.disclosure_step(number, typed["kind"], by, to_whom=typed["to_whom"], note=typed["note"])
    return "Written down."


def _list(incident: Incident, typed: Typed, by: User) -> str:
    marac.put_on_list(own(MaracCase, incident, typed["target"]), int(typed["meeting"]), by)
    return "On the list of the meeting."


def asked(typed: Typed) -> list[marac.Asked]:
    """The action that was typed, if one was."""
    return [marac.Asked(typed["owner"], typed["what"], typed["due_on"])] if typed["owner"] else []


def _hear(incident: Incident, typed: Typed, by: User) -> str:
    marac.hear(own(MaracCase, incident, typed["target"]), typed["outcome"], asked(typed), by)
    return "Heard."


def _action(incident: Incident, typed: Typed, by: User) -> str:
    marac.add_action(own(MaracCase, incident, typed["target"]), asked(typed)[0], by)
    return "Action added."


def _done(incident: Incident, typed: Typed, by: User) -> str:
    marac.do_action(own(MaracAction, incident, typed["target"]), typed["note"], by)
    return "Action done."


def _school(incident: Incident, typed: Typed, by: User) -> str:
    child, school_id = own_child(incident, typed["target"]), None
    if typed["code"]:
        found = School.objects.filter(code=typed["code"].strip()).first()
        if found is None:
            raise NotFoundError("There is no school of this number.", details={"field": "code"})
        school_id = found.id
    encompass.say_school(child, typed["standing"], by, school_id=school_id)
    return "School of the child saved."


def _told(incident: Incident, typed: Typed, by: User) -> str:
    told = {"note": typed["note"], "agencies": typed["agencies"]}
    encompass.school_told(own_child(incident, typed["target"]), typed["recipient"], by, **told)
    return "Written down who was told."


def _not_told(incident: Incident, typed: Typed, by: User) -> str:
    encompass.school_not_told(own_child(incident, typed["target"]), typed["code"], typed["note"], by)
    return "Written down why not."


def _harm(incident: Incident, typed: Typed, by: User) -> str:
    protection.suspect_harm(own_child(incident, typed["target"]), typed["note"], by)
    return "Written down. A strategy discussion is now owed."


def _discussion(incident: Incident, typed: Typed, by: User) -> str:
    number = own(ChildProtection, incident, typed["target"])
    told = {"conference": typed["conference"], "held_at": typed["at"], "note": typed["note"]}
    protection.hold_discussion(number, typed["taking_part"], typed["outcome"], by, **told)
    return "Strategy discussion written down."


def _conference(incident: Incident, typed: Typed, by: User) -> str:
    number = own(ChildProtection, incident, typed["target"])
    protection.hold_conference(number, typed["plan"] == "yes", typed["note"], by, held_at=typed["at"])
    return "Conference written down."


def _considered(incident: Incident, typed: Typed, by: User) -> str:
    perpetrators.consider(own(MatacNomination, incident, typed["target"]), typed["decision"], typed["plan"], by)
    return "Decision written down."


def _victim(incident: Incident, typed: Typed, by: User) -> str:
    victims.victim_step(own(VictimRights, incident, typed["target"]), typed["kind"], typed["note"], by)
    return "Written down."


def _removed(incident: Incident, typed: Typed, by: User) -> str:
    victims.remove_enhanced(own(VictimRights, incident, typed["target"]), typed["reason"], by)
    return "Enhanced rights removed."


def _restored(incident: Incident, typed: Typed, by: User) -> str:
    victims.restore_enhanced(own(VictimRights, incident, typed["target"]), by)
    return "Enhanced rights restored."


def _panel(incident: Incident, viewer: User) -> Mapping[str, object]:
    def new(what: str) -> str:
        return reverse("scheme-new", kwargs={"what": what, "number": incident.number, "day": incident.day})

    return {
        "items": selectors.on_incident(incident.id, viewer),
        "new": [(words, new(what)) for what, words in NEW.items()],
    }


NEW = {
    "notice": "Protection notice served",
    "disclosure": "Application under Clare's Law",
    "marac": "Refer to MARAC",
    "matac": "Nominate for MATAC",
}
"""What is begun on a page of its own, because it names people of the incident."""


def ready() -> None:
    """Put the schemes on the page of an incident."""
    register(*_court(), *_meeting(), *_children(), *_victims(), panels=(PANEL,))


PANEL = Panel(16, "safeguarding/schemes_panel.html", (("schemes", "Schemes"),), _panel)


def _court() -> tuple[Action, ...]:
    sat = frozenset({"court_sat_at", "hearing_listed_at"})
    done = frozenset({"checked_at", "concluded_at"})
    return (
        Action("notice-step", "What the court did", forms.NoticeStep, _notice, "Save", sat),
        Action("notice-lapse", "Review the lapse", forms.Note, _lapse, "Save", frozenset({"lapse_reviewed_at"})),
        Action("disclosure-step", "Take a step", forms.DisclosureStep, _disclosure, "Save", done),
    )


def _meeting() -> tuple[Action, ...]:
    considered = frozenset({"considered_at"})
    return (
        Action("marac-list", "Put it on a list", forms.Listing, _list, "Put it on", frozenset({"listed_at"})),
        Action("marac-hear", "It was heard", forms.Hearing, _hear, "Save", frozenset({"heard_at"})),
        Action("marac-action", "Add an action", forms.Action, _action, "Add it"),
        Action("marac-done", "It was done", forms.Note, _done, "Save", frozenset({"done_at"})),
        Action("matac-decide", "What MATAC decided", forms.Considered, _considered, "Save", considered),
    )


def _children() -> tuple[Action, ...]:
    told = frozenset({"encompass_told_at", "agencies_told_at"})
    return (
        Action("child-school", "School of the child", forms.School, _school, "Save"),
        Action("school-told", "The school was told", forms.Told, _told, "Save", told),
        Action("school-not-told", "The school is not told", forms.NotTold, _not_told, "Save"),
        Action("suspect-harm", "Significant harm suspected", forms.Note, _harm, "Save"),
        Action("discussion", "Strategy discussion", forms.Discussion, _discussion, "Save", frozenset({"discussed_at"})),
        Action("conference", "Conference held", forms.Conference, _conference, "Save", frozenset({"conference_at"})),
    )


def _victims() -> tuple[Action, ...]:
    known = frozenset({"needs_assessed_at", "support_at"})
    return (
        Action("victim-step", "Needs and support", forms.Victim, _victim, "Save", known),
        Action("enhanced-remove", "Remove enhanced rights", forms.Reason, _removed, "Remove them"),
        Action("enhanced-restore", "Restore enhanced rights", Target, _restored, "Restore them"),
    )
