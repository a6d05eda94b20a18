"""Does what the plan says, with the real services on the real database at the simulated moments; keeps a journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bench.simulation.oracle import Oracle, People, Present, Raised, Step, Told
from bench.simulation.plan import BEGIN, Act, Desk, Plan, desks
from iops.control import services as control
from iops.control.handover import desks as at_desks
from iops.control.handover import services as handover
from iops.control.models import DeskDuty, Escalation
from iops.control.record import transfers
from iops.crime.services import decide_recording
from iops.foundation import clock
from iops.foundation.errors import IopsError
from iops.foundation.models import District, Membership, Team, User
from iops.foundation.roles import Role
from iops.obligations.services import waive
from iops.safeguarding import services as safeguarding
from iops.safeguarding.questions import SHORT_FORM

if TYPE_CHECKING:
    import datetime as dt

Does = Callable[["Work", int, dict[str, Any]], dict[str, Any]]


class Work:
    """The simulated force at work: `run` does the plan; `journal` is what the system was told and took."""

    def __init__(self, plan: Plan, round_every: dt.timedelta) -> None:
        self.plan = plan
        self.rounds = [BEGIN + n * round_every for n in range(1, (plan.end - BEGIN) // round_every)]
        self.districts = {d.number: d for d in desks()}
        self.journal: list[Told] = []
        self.refused: Counter[str] = Counter()
        self.changes: list[tuple[dt.datetime, Present]] = []
        self.ids: dict[int, dict[str, Any]] = {}
        self._staff()

    def _staff(self) -> None:
        """Districts, desks with their people, and one account for each other role."""
        self.district = {
            code: District.objects.get_or_create(code=code, defaults={"name": f"{code} (made up)"})[0].id
            for code in "NESW"
        }
        everywhere = Team.objects.get_or_create(name="Everywhere (made up)")[0]
        self.by = {role: self._person(role.value, role, everywhere) for role in Role}
        self.second = self._person("another-dispatcher", Role.DISPATCHER, everywhere)
        self.teams: dict[int, Team] = {}
        for desk in desks():
            place = self.district.get(desk.district or "")
            name = f"{desk.role} {desk.district or 'force'} (made up)"
            self.teams[desk.number] = Team.objects.get_or_create(name=name, defaults={"district_id": place})[0]
            for who in desk.people:
                self._person(who, Role(desk.role), self.teams[desk.number])

    @staticmethod
    def _person(username: str, role: Role, team: Team) -> User:
        user, _ = User.objects.get_or_create(
            username=username, defaults={"name": f"{username} (made up)", "made_up": True}
        )
        Membership.objects.get_or_create(user=user, team=team, role=role)
        return user

    # --- the days ----------------------------------------------------------------------------------------------------

    def run(self) -> Iterator[dt.datetime]:
        """Do everything in the order of simulated time; the moment reached, after each act and each round."""
        waiting = iter([*self.rounds, None])
        next_round = next(waiting)
        for act in self.plan.acts:
            while next_round is not None and next_round <= act.at:
                with clock.at(next_round):
                    at_desks.round_of_escalation()
                yield next_round
                next_round = next(waiting)
            with clock.at(act.at):
                self._do(act)
            yield act.at
        while next_round is not None:
            with clock.at(next_round):
                at_desks.round_of_escalation()
            yield next_round
            next_round = next(waiting)

    def _do(self, act: Act) -> None:
        if act.kind in {"on", "off", "handover"}:
            getattr(self, f"_{act.kind}")(self.districts[act.of], act.told)
            self.changes.append((act.at, self._present()))
            return
        try:
            told = DOES[act.kind](self, act.of, act.told)
        except (IopsError, KeyError) as error:
            # An act on what never came about (a review of no assessment), or a waiver of what is met by then.
            self.refused[f"{act.kind}: {type(error).__name__}"] += 1
            return
        self.journal.append(Told(act.at, self.ids[act.of]["incident"], act.kind, told))

    def _on(self, desk: Desk, told: dict[str, Any]) -> None:
        handover.come_on(self.teams[desk.number].id, desk.role, self._named(told["who"]))

    def _off(self, desk: Desk, told: dict[str, Any]) -> None:
        duty = DeskDuty.objects.get(user__username=told["who"], team=self.teams[desk.number], ended_at=None)
        handover.go_off(duty.id, self._named(told["who"]))

    def _handover(self, desk: Desk, told: dict[str, Any]) -> None:
        team = self.teams[desk.number].id
        given = handover.hand_over(team, desk.role, "", self._named(told["who"]))
        handover.accept_handover(given.id, self._named(told["to"]))

    @staticmethod
    def _named(username: str) -> User:
        return User.objects.get(username=username)

    @staticmethod
    def _present() -> Present:
        on = DeskDuty.objects.filter(ended_at=None)
        return list(on.values_list("user__username", "role", "team__district__code"))

    # --- what came of it ---------------------------------------------------------------------------------------------

    def expected(self, steps: Mapping[str, tuple[Step, ...]]) -> set[Raised]:
        """What must have been raised, by the oracle."""
        return Oracle(steps, People(self.rounds, self.changes), self.plan.end).expected(self.journal)

    @staticmethod
    def raised() -> list[Raised]:
        """What was raised: every row, so that one raised twice is there twice."""
        rows = Escalation.objects.values_list(
            "subject", "subject_id", "rule", "arose_at", "after", "to_role", "told__username", "raised_at"
        )
        return [Raised(*row) for row in rows]


def _open(work: Work, n: int, told: dict[str, Any]) -> dict[str, Any]:
    incident = control.open_incident(
        where=f"{n} Mill Lane",
        what="Something happened (made up)",
        by=work.by[Role.CALL_HANDLER],
        district_id=work.district[told["district"]],
        reported_at=told["reported"],
        domestic=told["domestic"],
        crime_reported=told["crime"],
    )
    work.ids[n] = {"incident": incident.id}
    return told


def _grade(work: Work, n: int, told: dict[str, Any]) -> dict[str, Any]:
    control.grade(work.ids[n]["incident"], told["grade"], "as told", work.by[Role.CALL_HANDLER])
    return told


def _domestic(work: Work, n: int, told: dict[str, Any]) -> dict[str, Any]:
    control.mark_domestic(work.ids[n]["incident"], True, "", work.by[Role.CALL_HANDLER])
    return told


def _assign(work: Work, n: int, told: dict[str, Any]) -> dict[str, Any]:
    sent = control.assign_unit(work.ids[n]["incident"], f"U{n}", work.by[Role.DISPATCHER])
    work.ids[n]["sent"] = sent.id
    return told


def _arrive(work: Work, n: int, told: dict[str, Any]) -> dict[str, Any]:
    control.record_arrival(work.ids[n]["sent"], work.by[Role.DISPATCHER], at=told["happened"])
    return told


def _record(work: Work, n: int, told: dict[str, Any]) -> dict[str, Any]:
    decide_recording(work.ids[n]["incident"], "crime", "as told", work.by[Role.RESPONSE])
    return told


def _assess(work: Work, n: int, told: dict[str, Any]) -> dict[str, Any]:
    made = safeguarding.assess_risk(
        work.ids[n]["incident"], {}, "medium", "as told", work.by[Role.RESPONSE], SHORT_FORM
    )
    work.ids[n]["assessment"] = made.id
    return told | {"id": made.id}


def _review(work: Work, n: int, told: dict[str, Any]) -> dict[str, Any]:
    safeguarding.review_assessment(work.ids[n]["assessment"], True, "", work.by[Role.SERGEANT])
    return told | {"id": work.ids[n]["assessment"]}


def _child(work: Work, n: int, told: dict[str, Any]) -> dict[str, Any]:
    linked = safeguarding.link_child(work.ids[n]["incident"], "Child (made up)", None, work.by[Role.RESPONSE])
    work.ids[n]["child"] = linked.id
    return told | {"id": linked.id}


def _decide_child(work: Work, n: int, told: dict[str, Any]) -> dict[str, Any]:
    safeguarding.decide_on_child(work.ids[n]["child"], "refer_now", "", work.by[Role.SAFEGUARDING])
    return told | {"id": work.ids[n]["child"]}


def _offer(work: Work, n: int, told: dict[str, Any]) -> dict[str, Any]:
    incident, by = work.ids[n]["incident"], work.by[Role.DISPATCHER]
    if told["to"] is None:
        made = transfers.offer_to_force(incident, "Borderland Police (made up)", "Over the border", by)
    else:
        made = transfers.offer_to_district(incident, work.district[told["to"]], "Over the river", by)
    work.ids[n]["offer"] = made.id
    return told | {"id": made.id}


def _answer(work: Work, n: int, told: dict[str, Any]) -> dict[str, Any]:
    offer = work.ids[n]["offer"]
    if told["accepted"]:
        transfers.accept_transfer(offer, work.second, accepted_name="PC Border (made up)", reference="B1")
    else:
        transfers.refuse_transfer(offer, "Not ours", work.second)
    return told | {"id": offer}


def _waive(work: Work, n: int, told: dict[str, Any]) -> dict[str, Any]:
    by = work.by[Role.REGISTRAR] if told["rule"].startswith("crime") else work.by[Role.INSPECTOR]
    waive(subject="incident", subject_id=work.ids[n]["incident"], rule=told["rule"], reason="Simulated waiver", by=by)
    return told


DOES: dict[str, Does] = {
    "open": _open,
    "grade": _grade,
    "domestic": _domestic,
    "assign": _assign,
    "arrive": _arrive,
    "record": _record,
    "assess": _assess,
    "review": _review,
    "child": _child,
    "decide-child": _decide_child,
    "offer": _offer,
    "answer": _answer,
    "waive": _waive,
}
