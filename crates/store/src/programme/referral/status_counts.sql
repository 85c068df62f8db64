select r.status, cast(count(*) as bigint) as referrals
from referral r
join affiliate a on a.business_id = $1 and a.id = r.affiliate_id
join contact k on k.business_id = $1 and k.id = r.contact_id
where r.business_id = $1
  and (cast($2 as text) is null or r.affiliate_id = $3)
  and (cast($4 as text) is null or r.campaign_id = $5)
  and (cast($6 as text) is null or r.contact_id = $7)
  and (cast($8 as text) is null or k.search_folded like $8 escape '\' or a.search_folded like $8 escape '\')
group by r.status
