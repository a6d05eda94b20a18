"""The addresses of the control room's pages."""

from __future__ import annotations

import datetime as dt

from django.urls import include, path, register_converter

from iops.control import views
from iops.control.board import views as board
from iops.control.closing.views import closures
from iops.control.handover import views as handover
from iops.control.intake.views import fragment
from iops.control.record import views as record


class DayConverter:
    """A day in an address as it stands in a reference: 05072019."""

    regex = "[0-9]{8}"

    def to_python(self, value: str) -> dt.date:
        """The day; ValueError (so: no such page) when the calendar has none."""
        return dt.date(int(value[4:]), int(value[2:4]), int(value[:2]))

    def to_url(self, value: dt.date) -> str:
        """The day as it stands in a reference."""
        return f"{value:%d%m%Y}"


class NumberConverter:
    """The number of an incident of its day."""

    regex = "[0-9]{1,6}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """The number as people say it."""
        return str(value)


register_converter(DayConverter, "day")
register_converter(NumberConverter, "number")

urlpatterns = [
    path("contacts/", include("iops.control.contact.urls")),
    path("board/", board.board, name="board"),
    path("board/answer/", board.answer, name="board-answer"),
    path("board/<number:number>/<day:day>/", board.job, name="board-job"),
    path("board/<number:number>/<day:day>/<slug:name>/", board.act, name="board-act"),
    path("my-job/", board.my_job, name="my-job"),
    path("my-job/emergency/", board.press, name="press"),
    path("my-job/welfare/", board.welfare, name="welfare"),
    path("closures/", closures, name="closures"),
    path("incidents/", views.incidents, name="incidents"),
    path("incidents/new/", views.incident_new, name="incident-new"),
    path("incidents/intake/<slug:part>/", fragment, name="intake"),
    path("incidents/<number:number>/<day:day>/", views.incident, name="incident"),
    path("incidents/<number:number>/<day:day>/<slug:name>/", views.act, name="incident-act"),
    path("major-incidents/", record.majors, name="major-incidents"),
    path("major-incidents/<int:major_id>/", record.major_incident, name="major-incident"),
    path("major-incidents/<int:major_id>/<slug:name>/", record.act, name="major-incident-act"),
    path("handover/", handover.choose, name="handover"),
    path("handover/<int:team_id>/", handover.desk, name="handover-desk"),
    path("handover/<int:team_id>/<slug:name>/", handover.act, name="handover-act"),
]
