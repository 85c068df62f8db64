-- By id, which is the order of recording; the unary plus keeps planners from another order.
select e.id, e.kind, e.name, e.contact_id, e.amount, e.currency, e.tax, e.shipping, e.refunded, e.occurred_at_ms,
       e.recorded_at_ms, e.affiliate_id, e.campaign_id, e.click_id, e.metadata, e.seen_twice, i.inputs,
       r.status as referral_status
from event e
left join event_input i on i.business_id = $1 and i.event_id = e.id
left join referral r on r.business_id = $1 and r.id = e.referral_id
where e.business_id = $1 and e.id > $2 and +e.day >= $3 and +e.day <= $4 and e.kind in ('lead', 'sale')
order by e.id
limit $5
