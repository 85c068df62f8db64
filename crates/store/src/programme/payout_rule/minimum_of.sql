select cast(coalesce((select g.amount from group_minimum g
                      where g.business_id = $1 and g.group_id = a.group_id and g.currency = $3),
                     (select n.amount from payout_minimum n where n.business_id = $1 and n.currency = $3), 0) as bigint) as value
from affiliate a
where a.business_id = $1 and a.id = $2
