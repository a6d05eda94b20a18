"""What the system writes on the log of each step that the control room takes: SELECTs for `lines.register`."""

from __future__ import annotations

from iops.control.record.lines import Steps, register

INCIDENT_WORDS = """
    case c.key
        when 'district_id' then 'District: '
            || coalesce((select d.name from foundation_district d where d.id = (b ->> c.key)::bigint), 'none')
            || ' → ' || coalesce((select d.name from foundation_district d where d.id = (a ->> c.key)::bigint), 'none')
        when 'closed_at' then case when a -> c.key = 'null' then 'Opened again.'
                                   when b -> c.key = 'null' then 'Closed: ' || (a ->> 'closing_note')
                                   else 'Time of closing changed.' end
        when 'domestic' then case when (a ->> c.key)::boolean then 'Marked as domestic abuse.'
                                  else 'The mark of domestic abuse was taken away.' end
        when 'restricted' then case when (a ->> c.key)::boolean then 'Restricted to its list.'
                                    else 'No longer restricted.' end
        else upper(left(c.key, 1)) || substr(replace(regexp_replace(c.key, '_id$', ''), '_', ' '), 2)
             || ': ' || coalesce(nullif(b ->> c.key, ''), 'nothing') || ' → '
             || coalesce(nullif(a ->> c.key, ''), 'nothing')
    end"""
"""What is said of a column that changed: `b` is the row before, `a` the row after. A column of a later part is told
too."""

WITH_REASON = "('closed_at', 'domestic', 'restricted', 'district_id')"
"""Columns whose change carries the reason of the transaction, where it is more than the name of the step."""

PLAIN_REASONS = "('', 'closed', 'district set', 'marked domestic')"

INCIDENT = f"""
    select n.id, iops.now(),
           {INCIDENT_WORDS} || case
               when c.key in {WITH_REASON} and coalesce(current_setting('iops.reason', true), '') not in {PLAIN_REASONS}
                    and not (c.key = 'closed_at' and a -> 'closed_at' <> 'null')
               then ' ' || current_setting('iops.reason', true) else '' end,
           coalesce(nullif(current_setting('iops.user_id', true), '')::bigint, n.opened_by_id)
    from n join o using (id)
    cross join lateral (select to_jsonb(o) as b, to_jsonb(n) as a) rows
    cross join lateral jsonb_each(a) c
    where b -> c.key is distinct from c.value and c.key not in ('id', 'closed_by_id', 'closing_note')"""  # noqa: S608 - fixed parts

STEPS_OF_A_UNIT = """
    values (n.assigned_at, o.assigned_at, case when n.diverted_from_id is not null then ' assigned, diverted to here: '
                                               || coalesce(n.divert_reason, '')
                                               when n.self_assigned then ' assigned itself.' else ' assigned.' end),
           (n.acknowledged_at, o.acknowledged_at, ' acknowledged.'),
           (n.en_route_at, o.en_route_at, ' en route.'),
           (n.arrived_at, o.arrived_at, ' at scene.'),
           (n.stood_down_at, o.stood_down_at,
            case when n.diverted_at is not null then ' taken off to another incident.'
                 when coalesce(n.result, '') <> '' then ' cleared: ' || n.result else ' cleared.' end)"""

THRIVE = " || ".join(
    f"'{', ' if number else ''}{part} ' || n.{part}_level"
    for number, part in enumerate(("threat", "harm", "risk", "investigation", "vulnerability", "engagement"))
)

NOBODY = "(select null::timestamptz as assigned_at, null::timestamptz as acknowledged_at, "
NOBODY += "null::timestamptz as en_route_at, null::timestamptz as arrived_at, null::timestamptz as stood_down_at)"


def _unit(rows: str) -> str:
    """Each stamp of a deployment that is there now and was not before."""
    return f"""
    select n.incident_id, s.now, n.unit || s.did,
           coalesce(n.assigned_by_id, nullif(current_setting('iops.user_id', true), '')::bigint)
    from {rows} cross join lateral ({STEPS_OF_A_UNIT}) s (now, was, did)
    where s.now is distinct from s.was and s.now is not null"""  # noqa: S608 - fixed parts


CONTROL_ROOM = (
    Steps("control_incident", changed=INCIDENT),
    Steps(
        "control_grading",
        added="""select n.incident_id, n.at, 'Graded ' || n.grade || case when n.rationale = '' then '.'
                 else ': ' || n.rationale end, n.by_id from n""",
    ),
    Steps(
        "control_gradeproposal",
        added="""select n.incident_id, n.at, 'Grade ' || n.grade || ' proposed instead of ' || n.was || ': '
                 || n.reason, n.by_id from n""",
        changed="""select n.incident_id, n.decided_at, 'Grade ' || n.grade || case
                   when n.confirmed then ' agreed to by a second person.' else ' not agreed to: ' || n.decision_note
                   end, n.decided_by_id
                   from n join o using (id) where n.decided_at is not null and o.decided_at is null""",
    ),
    Steps("control_thrive", added=f"select n.incident_id, n.at, 'THRIVE: ' || {THRIVE} || '.', n.by_id from n"),  # noqa: S608
    Steps("control_deployment", added=_unit(f"n cross join {NOBODY} o"), changed=_unit("n join o using (id)")),
    Steps(
        "control_incidentlink",
        added="""
    select e.id, n.at, e.words || ' incident ' || i.number || '/' || to_char(i.day, 'DDMMYYYY') || ': '
           || n.reason, n.by_id
    from n
    cross join lateral (values
        (n.incident_id, n.other_id, 'Linked, ' || replace(n.kind, '_', ' ')),
        (n.other_id, n.incident_id, 'Linked from (' || replace(n.kind, '_', ' ') || ')')) e (id, end_id, words)
    join control_incident i on i.id = e.end_id
    where not (i.restricted)""",
        changed="""
    select e.id, n.withdrawn_at, 'Link withdrawn, ' || replace(n.kind, '_', ' ') || ' incident ' || i.number || '/'
           || to_char(i.day, 'DDMMYYYY') || ': ' || n.withdrawn_reason, n.withdrawn_by_id
    from n join o using (id)
    cross join lateral (values (n.incident_id, n.other_id), (n.other_id, n.incident_id)) e (id, end_id)
    join control_incident i on i.id = e.end_id
    where n.withdrawn_at is not null and o.withdrawn_at is null and not i.restricted""",
    ),
    Steps(
        "control_transfer",
        added="""
    select n.incident_id, n.offered_at, 'Transfer offered to ' || coalesce(nullif(n.to_force, ''), d.name) || ': '
           || n.reason, n.offered_by_id
    from n left join foundation_district d on d.id = n.to_district_id""",
        changed="""
    select n.incident_id, coalesce(n.answered_at, n.withdrawn_at), case
               when n.withdrawn_at is not null then 'Transfer withdrawn: ' || n.answer
               when not n.accepted then 'Transfer refused by ' || coalesce(nullif(n.to_force, ''), d.name) || ': '
                                        || n.answer
               when n.to_force <> '' then 'Transfer accepted by ' || n.accepted_name || ' of ' || n.to_force
                                          || ', their reference ' || n.reference || '.'
               else 'Transfer accepted by ' || d.name || '.' end, coalesce(n.answered_by_id, n.offered_by_id)
    from n join o using (id) left join foundation_district d on d.id = n.to_district_id
    where (n.answered_at is not null and o.answered_at is null)
       or (n.withdrawn_at is not null and o.withdrawn_at is null)""",
    ),
    Steps(
        "control_majorincidentpart",
        added="""select n.incident_id, n.at, 'Part of the major incident ' || m.name || '.', n.by_id
                 from n join control_majorincident m on m.id = n.major_id""",
        changed="""select n.incident_id, n.withdrawn_at, 'No longer part of the major incident ' || m.name || ': '
                   || n.withdrawn_reason, n.withdrawn_by_id
                   from n join o using (id) join control_majorincident m on m.id = n.major_id
                   where n.withdrawn_at is not null and o.withdrawn_at is null""",
    ),
    Steps(
        "control_majorincident",
        changed="""select p.incident_id, n.stood_down_at, 'The major incident ' || n.name || ' was stood down: '
                   || n.stand_down_reason, n.stood_down_by_id
                   from n join o using (id) join control_majorincidentpart p on p.major_id = n.id
                   where n.stood_down_at is not null and o.stood_down_at is null and p.withdrawn_at is null""",
    ),
    Steps(
        "control_incidentaccess",
        added="""select n.incident_id, iops.now(), 'May see it when it is restricted: '
                 || string_agg(coalesce(u.name, t.name), ', ' order by n.id) || '.',
                 coalesce(nullif(current_setting('iops.user_id', true), '')::bigint, 0)
                 from n left join foundation_user u on u.id = n.user_id left join foundation_team t on t.id = n.team_id
                 group by n.incident_id""",
    ),
)

CLASSED_AND_CLOSED = (
    Steps(
        "control_classing",
        added="""
    select n.incident_id, n.at, 'Class: ' || n.category
           || coalesce(', with ' || (select string_agg(q #>> '{}', ', ')
                                     from jsonb_path_query(n.qualifiers, '$[*]') q), '')
           || case when n.declined = '' then '.' else '. Not domestic: ' || n.declined end, n.by_id
    from n""",
    ),
    Steps(
        "control_recordingadvice",
        added="select n.incident_id, n.at, 'The recording rules were asked: ' || n.words, n.by_id from n",
    ),
    Steps(
        "control_closing",
        added="""
    select n.incident_id, n.at, 'Closing code ' || n.code || '.', n.by_id from n where n.code <> ''""",
    ),
    Steps(
        "control_closurecheck",
        added="""
    select c.incident_id, n.at, 'The closing was checked: ' || n.verdict
           || case when n.note = '' then '.' else '. ' || n.note end, n.by_id
    from n join control_closing c on c.id = n.closing_id""",
    ),
)
"""The steps of classing and closing. A contact that is linked and a domestic mark that is decided say so already: the
linking writes what the caller said, the mark itself is a step of the incident."""


def ready() -> None:
    """Put the control room's own steps on the log."""
    register(*CONTROL_ROOM, *CLASSED_AND_CLOSED)
