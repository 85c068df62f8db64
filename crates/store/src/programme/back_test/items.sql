-- {ids} stands for the events.
select event_id, product_id, amount, quantity
from event_item
where business_id = $1 and event_id in ({ids})
order by event_id, line
