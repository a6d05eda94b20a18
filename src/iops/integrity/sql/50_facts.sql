-- What rules may see of a drawn closure (rulebook/data/facts/audit_item.yaml).

drop view if exists facts.audit_item cascade;
create view facts.audit_item with (security_invoker = true) as
select i.id, i.drawn_at, k.at as compared_at, k.agrees, j.at as adjudicated_at,
       -- What is drawn is never open: registrars and reviewers alone know of it (policy of the items).
       s.district_id, 50 as risk, true as restricted
from integrity_audititem i
join integrity_auditstratum s on s.id = i.stratum_id
left join integrity_auditcomparison k on k.item_id = i.id
left join integrity_auditadjudication j on j.item_id = i.id;
