"""Which rows are key events of which a victim is told: the arms of the view `iops.victim_key_event`.

A part of crime that keeps a key event of its own (an arrest, a release on bail, a charge, a hearing) adds one line to
`KEY_EVENTS`. The installer makes of each line an arm of the view and a trigger on its table, so that each victim is
owed the news whoever writes the row and by whatever route.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTION = "language plpgsql security definer set search_path = pg_catalog, public, iops, pg_temp"
NOT_PROSECUTED = ("9", "10", "11", "12", "13", "15", "16", "17", "20", "21")
"""Outcomes that end a case against a suspect without a charge or another disposal (OUT2026 pp9-25): the victim has a
right to have the decision reviewed. 14, 18 and 19 have no suspect to prosecute; 5 has one who is dead."""


@dataclass(frozen=True)
class KeyEvent:
    """One kind of row that is a key event.

    `kind` is SQL over the row `r` that gives a `NewsKind`; `at` its moment, `crime` the crime it is of; `when` leaves
    rows out. `watched` makes the trigger on new rows of the table.
    """

    table: str
    kind: str
    at: str = "r.at"
    crime: str = "r.crime_id"
    when: str = "true"
    watched: bool = True

    @property
    def select(self) -> str:
        """The arm of the view."""
        # Every part of it is written in this package.
        return (
            f"select {self.crime} as crime_id, ({self.kind})::text as kind, '{self.table}'::text as source,"  # noqa: S608
            f" r.id as source_id, {self.at} as at from {self.table} r where {self.when}"
        )


_CODES = ", ".join(f"'{code}'" for code in NOT_PROSECUTED)
KEY_EVENTS: tuple[KeyEvent, ...] = (
    # Whoever becomes a victim of the crime is owed this from the link on; before there is a crime nobody is linked.
    KeyEvent("crime_crime", "'recorded'", at="r.recorded_at", crime="r.id", watched=False),
    KeyEvent(
        "crime_crimeoutcome",
        f"case when rtrim(r.code, 'A') in ({_CODES}) then 'not_prosecuted' else 'outcome' end",
    ),
    KeyEvent("crime_crimecancellation", "'removed'"),
    KeyEvent("crime_reopening", "'reopened'"),
    KeyEvent("crime_arrest", "'arrested'"),
    KeyEvent("crime_voluntaryinterview", "'interviewed'"),
    KeyEvent("crime_bail", "case when r.before_id is null then 'bailed' else 'conditions_changed' end"),
    KeyEvent("crime_bailended", "'conditions_changed'", when="r.how <> 'answered'"),
    KeyEvent("crime_releasedunderinvestigation", "'under_investigation'"),
    KeyEvent("crime_nofurtheraction", "'released'"),
    KeyEvent("crime_charge", "'charged'"),
    KeyEvent("crime_hearing", "'court_date'"),
    KeyEvent("crime_outofcourtdisposal", "'outcome'"),
    # It takes effect when a supervisor agrees; what was not agreed to is no news.
    KeyEvent("crime_screeningreview", "'screened_out'", when="r.agreed"),
)
"""Every kind of key event that the system knows. Add a line here; nothing else has to be told."""


def statements(events: tuple[KeyEvent, ...] = KEY_EVENTS) -> Iterator[str]:
    """The view of all key events, and the triggers by which new ones are owed to each victim."""
    arms = "\nunion all\n".join(one.select for one in events)
    yield f"create or replace view iops.victim_key_event with (security_invoker = true) as\n{arms};"
    yield f"""
create or replace function iops.victim_event_happened() returns trigger {FUNCTION} as $happened$
begin
    perform iops.victims_follow(e.crime_id) from iops.victim_key_event e
    where e.source = tg_table_name and e.source_id = new.id;
    return null;
end $happened$;
"""
    for table in sorted({one.table for one in events if one.watched}):
        yield f"""
drop trigger if exists e_victim_event on {table};
create trigger e_victim_event after insert on {table}
for each row execute function iops.victim_event_happened();
"""
