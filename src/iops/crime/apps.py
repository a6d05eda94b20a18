"""Django's entry for this area."""

from __future__ import annotations

from django.apps import AppConfig


class CrimeConfig(AppConfig):
    """The crime area."""

    name = "iops.crime"
    label = "crime"

    def ready(self) -> None:
        """Put this area's actions and panel on the page of an incident."""
        from iops.crime import actions

        actions.ready()
        from iops.crime.allocation import sections as allocation
        from iops.crime.complete import section
        from iops.crime.courtfile import section as courtfile
        from iops.crime.exhibits import section as exhibits
        from iops.crime.justice import section as justice
        from iops.crime.outcomes import actions as outcomes
        from iops.crime.recorded import actions as recorded
        from iops.crime.recorded import selectors
        from iops.crime.series import section as series
        from iops.crime.victims import sections as victims
        from iops.obligations import records
        from iops.pole import involvement

        records.register("crime", records.RecordKind("crime", selectors.labels, selectors.find_id))
        involvement.register("links to crimes", "crime", involvement.linked("crime", "crime_crime", "reported_at"))
        recorded.ready()
        outcomes.ready()
        victims.ready()
        section.ready()
        exhibits.ready()
        courtfile.ready()
        justice.ready()
        allocation.ready()
        series.ready()
