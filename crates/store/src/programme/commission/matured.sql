select c.id, c.affiliate_id, a.name as affiliate_name, c.referral_id, r.status as referral_status, c.event_id, e.name as event_name,
       e.amount as event_amount, e.external_id as event_external_id, e.currency as event_currency, c.campaign_id,
       m.name as campaign_name, c.contact_id, k.name as customer_name, k.email as customer_email, k.external_id as customer_external_id, c.rule_id, c.rule_version,
       c.level, c.currency, c.base_amount, c.amount, c.adjusted, c.reversed, c.clawed_back, c.status, c.hold_until_ms, c.auto_approve,
       c.payout_id, p.number as payout_number, p.paid_at_ms, c.note, c.explanation, c.created_at_ms, c.day, c.updated_at_ms
from commission c
join affiliate a on a.business_id = $1 and a.id = c.affiliate_id
left join referral r on r.business_id = $1 and r.id = c.referral_id
left join event e on e.business_id = $1 and e.id = c.event_id
left join campaign m on m.business_id = $1 and m.id = c.campaign_id
left join contact k on k.business_id = $1 and k.id = c.contact_id
left join payout p on p.business_id = $1 and p.id = c.payout_id
where c.business_id = $1 and c.status = 'pending' and c.auto_approve and (c.referral_id is null or r.status = 'approved')
  and (c.hold_until_ms is null or c.hold_until_ms <= $2)
order by c.id
limit $3
