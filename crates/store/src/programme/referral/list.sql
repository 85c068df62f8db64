select r.id, r.affiliate_id, a.name as affiliate_name, r.campaign_id, m.name as campaign_name, r.contact_id, k.name as customer_name,
       k.email as customer_email, k.external_id as customer_external_id, r.first_event, r.status, r.hold_reason, r.reject_reason,
       r.note, r.tags, r.created_at_ms, r.decided_at_ms
from referral r
join affiliate a on a.business_id = $1 and a.id = r.affiliate_id
join campaign m on m.business_id = $1 and m.id = r.campaign_id
join contact k on k.business_id = $1 and k.id = r.contact_id
where r.business_id = $1
  and (cast($2 as text) is null or r.status = $2)
  and (cast($3 as text) is null or r.affiliate_id = $4)
  and (cast($5 as text) is null or r.campaign_id = $6)
  and (cast($7 as text) is null or r.contact_id = $8)
  and (cast($9 as text) is null or k.search_folded like $9 escape '\' or a.search_folded like $9 escape '\')
  and (cast($10 as text) is null or r.id < $11)
order by {order}
limit $12 offset $13
