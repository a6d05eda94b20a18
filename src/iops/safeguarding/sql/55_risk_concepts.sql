-- What an assessment says, by concept. The topics of the short form are concepts themselves.
-- Stands in for the function of the questionnaires until that is there.
create or replace function iops.risk_concepts(wanted bigint) returns table (concept text, answer text)
language sql stable as $$
    select e.key, e.value from safeguarding_riskassessment a, jsonb_each_text(a.answers) e where a.id = wanted
$$;
