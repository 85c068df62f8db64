-- {ids} stands for the referrals.
select r.id, r.affiliate_id, a.name as affiliate_name, r.campaign_id, m.name as campaign_name, r.contact_id, k.name as customer_name,
       k.email as customer_email, k.external_id as customer_external_id, r.first_event, r.status, r.hold_reason, r.reject_reason,
       r.note, r.tags, r.created_at_ms, r.decided_at_ms
from referral r
join affiliate a on a.business_id = $1 and a.id = r.affiliate_id
join campaign m on m.business_id = $1 and m.id = r.campaign_id
join contact k on k.business_id = $1 and k.id = r.contact_id
where r.business_id = $1 and r.id in ({ids})
order by r.id
