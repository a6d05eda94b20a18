"""How long a response took, from its own stamps: turnout, travel and attendance of a unit, and from call to arrival.

The words are those of mobilisation records: a unit is *mobilised* (here assigned), *mobile* (en route), *arrived* (at
scene), and *left* (cleared). Spans are differences of instants, so that a clock that was put forward or back in between
changes nothing. What has no stamp has no span: nothing is filled in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from iops.control.models import Deployment
from iops.foundation.consultation import consults

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from iops.foundation.models import User


class Stamps(Protocol):
    """The stamps of one unit at one incident."""

    assigned_at: dt.datetime
    en_route_at: dt.datetime | None
    arrived_at: dt.datetime | None
    stood_down_at: dt.datetime | None


@dataclass(frozen=True)
class Times:
    """How long one unit took; None for a span of which a stamp is missing.

    `turnout`: from assigned to en route. `travel`: from en route to at scene. `attendance`: from assigned to at scene.
    `at_scene`: from at scene to cleared.
    """

    turnout: dt.timedelta | None
    travel: dt.timedelta | None
    attendance: dt.timedelta | None
    at_scene: dt.timedelta | None


def times(stamps: Stamps) -> Times:
    """The spans of one unit, from its stamps."""
    return Times(
        turnout=_between(stamps.assigned_at, stamps.en_route_at),
        travel=_between(stamps.en_route_at, stamps.arrived_at),
        attendance=_between(stamps.assigned_at, stamps.arrived_at),
        at_scene=_between(stamps.arrived_at, stamps.stood_down_at),
    )


def _between(begin: dt.datetime | None, end: dt.datetime | None) -> dt.timedelta | None:
    return None if begin is None or end is None else end - begin


@dataclass(frozen=True)
class Response:
    """How an incident was answered: the times of its units in the order of arrival, and from the call to the first."""

    units: tuple[tuple[Deployment, Times], ...]
    first: Times | None
    call_to_arrival: dt.timedelta | None


@consults("incident", ids=lambda answer: {unit.incident_id for unit, _ in answer.units})
def response(incident_id: int, viewer: User) -> Response:  # noqa: ARG001 - read by `consults`
    """The response to an incident as this person may see it. The look is logged."""
    found = Deployment.objects.filter(incident_id=incident_id).select_related("incident")
    return of_units(found.order_by("assigned_at", "id"))


def of_units(deployments: Iterable[Deployment]) -> Response:
    """The response that some units of one incident made. The first is the one that arrived first."""
    units = sorted(
        ((unit, times(unit)) for unit in deployments),
        key=lambda pair: (pair[0].arrived_at is None, pair[0].arrived_at or pair[0].assigned_at, pair[0].id),
    )
    first = next((pair for pair in units if pair[0].arrived_at is not None), None)
    call = first[0].incident.reported_at if first else None
    return Response(tuple(units), first[1] if first else None, _between(call, first[0].arrived_at if first else None))
