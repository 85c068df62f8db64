select cast(count(*) as bigint) as value
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
