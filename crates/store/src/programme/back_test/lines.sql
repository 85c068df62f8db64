-- {ids} stands for the events.
select event_id, affiliate_id, rule_id, level, base_amount, currency, amount, status, explanation
from commission
where business_id = $1 and event_id in ({ids}) and rule_id is not null
order by event_id, level, id
