"""SQL made from the questionnaires: what each topic of each form means, and the concepts of one assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.safeguarding.assess.questionnaires import TICKS, questionnaires

if TYPE_CHECKING:
    from collections.abc import Iterator


def statements() -> Iterator[str]:
    """`iops.risk_topics()` and `iops.risk_concepts(assessment_id)`; made anew when a force adds a form and installs."""
    # Codes and concepts are small letters, digits, - and _: the loader refuses everything else, so nothing is quoted.
    rows = ", ".join(
        f"('{form.code}', '{topic.code}', '{topic.concept}')"
        for form in questionnaires().values()
        for topic in form.topics
        if topic.concept
    )
    ticks = ", ".join(f"'{answer}'" for answer in sorted(TICKS))
    yield f"""
create or replace function iops.risk_topics() returns table(form text, topic text, concept text)
language sql immutable as $topics$ values {rows} $topics$;
"""
    # One row a concept: a yes to any of its topics is a yes; it is a no only when every topic of it is a no.
    yield f"""
create or replace function iops.risk_concepts(assessment_id bigint) returns table(concept text, answer text)
language sql stable as $concepts$
    with given as (
        select a.form::text as form, a.answers from safeguarding_riskassessment a where a.id = $1
        union all
        select s.key, s.value from safeguarding_riskassessment a, jsonb_each(a.supplements) s where a.id = $1
    ), said as (
        select t.concept, coalesce(g.answers ->> t.topic, 'not_asked') as answer
        from given g join iops.risk_topics() t on t.form = g.form
    )
    select s.concept,
           case when bool_or(s.answer in ({ticks})) then 'yes'
                when bool_and(s.answer in ('no', 'never')) then 'no'
                when bool_or(s.answer = 'unknown') then 'unknown'
                when bool_or(s.answer = 'refused') then 'refused'
                else 'not_asked' end
    from said s group by s.concept
$concepts$;
"""
