select item_id as value
from bulk_act_item
where business_id = $1 and act_id = $2
order by item_id
