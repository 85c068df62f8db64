select c.base_amount, e.amount as event_amount, e.refunded as event_refunded
from commission c
join event e on e.business_id = $1 and e.id = c.event_id
where c.business_id = $1 and c.affiliate_id = $2 and c.rule_id = $3 and c.level = 0 and c.status <> 'rejected'
  and e.currency is not distinct from $4
  and e.occurred_at_ms >= $5 and e.occurred_at_ms < $6
union all
select u.base_amount, e.amount as event_amount, e.refunded as event_refunded
from unpaid_line u
join event e on e.business_id = $1 and e.id = u.event_id
join referral r on r.business_id = $1 and r.id = e.referral_id
where u.business_id = $1 and u.affiliate_id = $2 and u.rule_id = $3 and r.status <> 'rejected'
  and e.currency is not distinct from $4
  and e.occurred_at_ms >= $5 and e.occurred_at_ms < $6
