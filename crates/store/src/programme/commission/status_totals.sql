select c.status, c.currency, cast(count(*) as bigint) as count,
       cast(coalesce(sum(c.amount + c.adjusted - c.reversed), 0) as bigint) as amount
from commission c
join affiliate a on a.business_id = $1 and a.id = c.affiliate_id
left join contact k on k.business_id = $1 and k.id = c.contact_id
where c.business_id = $1
  and (cast($2 as text) is null or c.affiliate_id = $3)
  and (cast($4 as text) is null or c.campaign_id = $5)
  and (cast($6 as text) is null or a.group_id = $7)
  and (cast($8 as text) is null or c.referral_id = $9)
  and (cast($10 as bigint) is null or c.day >= $10)
  and (cast($11 as bigint) is null or c.day <= $11)
  and (cast($12 as text) is null or a.search_folded like $12 escape '\' or k.search_folded like $12 escape '\')
group by c.status, c.currency
order by c.currency
