select cast(count(*) as bigint) as value
from account a
left join account_activity v on v.business_id = $1 and v.account_id = a.id
left join affiliate f on f.business_id = $1 and f.id = a.affiliate_id
where a.business_id = $1
  and (cast($2 as text) is null or ($2 = 'affiliate' and a.affiliate_id is not null) or ($2 = 'none' and a.affiliate_id is null))
  and (cast($3 as text) is null or case when a.blocked = $4 then 'blocked' when v.account_id is null then 'new' when v.last_seen_at_ms > $5 then 'active' else 'quiet' end = $3)
  and (cast($6 as text) is null or a.email_folded like $6 escape '\' or f.search_folded like $6 escape '\')
