select c.currency, cast(count(*) as bigint) as count, cast(coalesce(sum(c.amount + c.adjusted - c.reversed), 0) as bigint) as amount
from commission c
join affiliate a on a.business_id = $1 and a.id = c.affiliate_id
left join contact k on k.business_id = $1 and k.id = c.contact_id
where c.business_id = $1
  and (cast($2 as text) is null or c.status = $2)
  and (cast($3 as text) is null or c.affiliate_id = $4)
  and (cast($5 as text) is null or c.campaign_id = $6)
  and (cast($7 as text) is null or a.group_id = $8)
  and (cast($9 as text) is null or c.referral_id = $10)
  and (cast($11 as bigint) is null or c.day >= $11)
  and (cast($12 as bigint) is null or c.day <= $12)
  and (cast($13 as text) is null or a.search_folded like $13 escape '\' or k.search_folded like $13 escape '\')
group by c.currency
order by c.currency
