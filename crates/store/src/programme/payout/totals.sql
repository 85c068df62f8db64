select p.currency, cast(count(*) as bigint) as count, cast(coalesce(sum(p.amount), 0) as bigint) as amount
from payout p
join affiliate a on a.business_id = $1 and a.id = p.affiliate_id
where p.business_id = $1
  and (cast($2 as text) is null or p.status = $2)
  and (cast($3 as text) is null or p.affiliate_id = $4)
  and (cast($5 as text) is null or a.search_folded like $5 escape '\' or lower(coalesce(p.reference, '')) like $5 escape '\'
       or lower(coalesce(p.reference, '')) like lower(cast($6 as text)) escape '\' or cast(p.number as text) like $5 escape '\')
  and (cast($7 as text) is null or p.status <> $7)
group by p.currency
order by p.currency
