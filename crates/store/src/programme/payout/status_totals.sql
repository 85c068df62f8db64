select p.status, p.currency, cast(count(*) as bigint) as count, cast(coalesce(sum(p.amount), 0) as bigint) as amount
from payout p
join affiliate a on a.business_id = $1 and a.id = p.affiliate_id
where p.business_id = $1
  and (cast($2 as text) is null or p.affiliate_id = $3)
  and (cast($4 as text) is null or a.search_folded like $4 escape '\' or lower(coalesce(p.reference, '')) like $4 escape '\'
       or lower(coalesce(p.reference, '')) like lower(cast($5 as text)) escape '\' or cast(p.number as text) like $4 escape '\')
  and (cast($6 as text) is null or p.status <> $6)
group by p.status, p.currency
order by p.currency
