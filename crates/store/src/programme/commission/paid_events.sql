select c.base_amount, e.amount as event_amount, e.refunded as event_refunded
from commission c
join event e on e.business_id = $1 and e.id = c.event_id
where c.business_id = $1 and c.affiliate_id = $2 and c.rule_id = $3 and c.currency = $4 and c.level = 0 and c.status <> 'rejected'
  and e.occurred_at_ms >= $5 and e.occurred_at_ms < $6
