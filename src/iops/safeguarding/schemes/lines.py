"""What the log of an incident tells of the schemes: steps that whoever reads the log must know of."""

from __future__ import annotations

from iops.control.record.lines import Steps, register

NOTICES = """select n.incident_id, n.at, case n.kind
    when 'lapsed' then 'The protection notice lapsed: 48 court hours have passed without a hearing'
    when 'order_made' then
        'Protection order made' || coalesce(', until ' || to_char(n.ends_on, 'FMDD FMMonth YYYY'), '')
    when 'refused' then 'Protection order refused'
    else '' end, n.by_id from n"""
SERVED = "select n.incident_id, n.served_at, upper(n.kind) || ' served', n.by_id from n"
CASES = """select n.incident_id, n.referred_at,
    case when n.by_id is null then 'MARAC repeat found by the system' else 'Referred to MARAC' end, n.by_id from n"""
PROTECTION = "select n.incident_id, n.suspected_at, 'Significant harm to a child suspected', n.by_id from n"


def ready() -> None:
    """Tell the log which rows are steps."""
    register(
        Steps("safeguarding_protectionnotice", added=SERVED),
        Steps("safeguarding_noticestep", added=NOTICES),
        Steps("safeguarding_maraccase", added=CASES),
        Steps("safeguarding_childprotection", added=PROTECTION),
    )
