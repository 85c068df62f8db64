select t.state, cast(count(*) as bigint) as count
from transfer t
join payout p on p.business_id = $1 and p.id = t.payout_id
join affiliate a on a.business_id = $1 and a.id = p.affiliate_id
where t.business_id = $1
  and (cast($2 as text) is null or t.provider = $2)
  and (cast($3 as text) is null or a.search_folded like $3 escape '\' or lower(coalesce(t.provider_ref, '')) like $3 escape '\'
       or lower(coalesce(t.provider_ref, '')) like lower(cast($4 as text)) escape '\'
       or cast(p.number as text) like $3 escape '\' or (cast($5 as text) is not null and t.id = $6))
group by t.state
order by t.state
