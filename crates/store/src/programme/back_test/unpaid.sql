-- {ids} stands for the events.
select event_id, rule_id, base_amount
from unpaid_line
where business_id = $1 and event_id in ({ids})
order by event_id, rule_id
