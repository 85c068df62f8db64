select k.id, k.external_id, k.name, k.email, k.country, k.status, k.affiliate_id, a.name as affiliate_name,
       m.name as campaign_name, k.first_sale_at_ms, k.created_at_ms,
       cast((select count(*) from event e
             where e.business_id = $1 and e.contact_id = k.id and e.kind = 'sale' and not e.seen_twice
               and (e.amount = 0 or e.refunded < e.amount)) as bigint) as sales
from contact k
left join affiliate a on a.business_id = $1 and a.id = k.affiliate_id
left join campaign m on m.business_id = $1 and m.id = k.campaign_id
where k.business_id = $1
  and (cast($2 as text) is null or k.affiliate_id = $3)
  and (cast($4 as text) is null or k.status = $4)
  and (cast($5 as text) is null or k.search_folded like $5 escape '\')
  and (cast($6 as text) is null or exists (
      select 1
      from event e
      where e.business_id = $1 and e.contact_id = k.id and e.affiliate_id is not null and not e.seen_twice
        and (cast($7 as bigint) is null or e.day >= $7)
        and (cast($8 as bigint) is null or e.day <= $8)
        and (($6 = 'lead' and e.kind = 'lead')
             or ($6 = 'customer' and e.kind = 'sale' and (e.amount = 0 or e.refunded < e.amount))
             or ($6 = 'cancelled' and e.kind = 'cancel' and k.status = 'cancelled'))))
  and (cast($9 as text) is null or k.id < $10)
order by {order}
limit $11 offset $12
