"""What the application's role may do to each table. It owns nothing, deletes no fact and truncates nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps

from iops.foundation.models import Fact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

NOT_FACTS = {
    "django_content_type": "select",
    "foundation_calendar_day": "select",
    "foundation_clock": "select",
    # Under a policy: entries of rows that the viewer may see now.
    "foundation_history": "select",
    "foundation_session": "select, insert, update, delete",
    # Written by triggers and by the functions of the outbox alone.
    "exchange_delivery": "select",
    # Written by `iops.use_token` alone.
    "foundation_tokenuse": "select",
    "migration_ledgerrow": "select, insert",
    "obligations_conservationrun": "select, insert",
    "obligations_escalationstep": "select",
    "obligations_obligation": "select",
    "obligations_rule": "select",
    "obligations_withdrawn": "select",
    # Written by triggers, and by the functions of the duplicate run, alone.
    "pole_duplicatepair": "select",
    "pole_duplicaterun": "select",
    "pole_identity": "select",
    # The queue of background work: what is done is cleared away.
    "procrastinate_events": "select, insert, delete",
    "procrastinate_jobs": "select, insert, update, delete",
    "procrastinate_periodic_defers": "select, insert, update, delete",
    "procrastinate_workers": "select, insert, update, delete",
    # Written by the triggers of the ranking alone.
    "crime_crimestanding": "select",
    "safeguarding_rankeditem": "select",
    "safeguarding_rankingwait": "select",
    "safeguarding_rankingcheck": "select, insert",
    # Written by the triggers of open crimes alone.
    "crime_opencrime": "select",
    # Under a policy: everybody's own. What is saved or discarded leaves nothing behind.
    "web_draft": "select, insert, update, delete",
    "web_savedform": "select, insert",
}
"""Tables that are not facts. What is not named here the application cannot touch."""


def grants() -> Iterator[str]:
    """Take everything from the application, then give back what each table allows."""
    yield "revoke all on all tables in schema public from iops_app"
    yield "grant usage on all sequences in schema public to iops_app"
    yield "grant select on all tables in schema facts to iops_app"
    yield "grant execute on all functions in schema iops to iops_app"
    for model in apps.get_models(include_auto_created=True):
        may = _may(model)
        if may:
            yield f"grant {may} on {model._meta.db_table} to iops_app"


def _may(model: type[Model]) -> str:
    if issubclass(model, Fact):
        return "select, insert" if model.append_only else "select, insert, update"
    return NOT_FACTS.get(model._meta.db_table, "")
