"""The addresses of the pages of people, places and things."""

from __future__ import annotations

from django.urls import include, path, register_converter

from iops.pole import views

app_name = "pole"


class RecordNumber:
    """The id of a record in an address; one too long to be an id is no such page."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        """The id."""
        return int(value)

    def to_url(self, value: int) -> str:
        """The id as it stands in an address."""
        return str(value)


register_converter(RecordNumber, "record")

urlpatterns = [
    path("", include("iops.pole.identity.urls")),
    path("", include("iops.pole.search.urls")),
    path("", include("iops.pole.entry.urls")),
    path("people/<record:record_id>/", views.person, name="person"),
    path("places/<record:record_id>/", views.location, name="location"),
    path("vehicles/<record:record_id>/", views.vehicle, name="vehicle"),
    path("phones/<record:record_id>/", views.phone, name="phone"),
    path("emails/<record:record_id>/", views.email, name="email"),
    path("organisations/<record:record_id>/", views.organisation, name="organisation"),
    path("items/<record:record_id>/", views.item, name="item"),
]
