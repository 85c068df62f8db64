select product_id, amount, quantity
from event_item
where business_id = $1 and event_id = $2
order by line
