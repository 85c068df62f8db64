select k.status, cast(count(*) as bigint) as contacts
from contact k
where k.business_id = $1
  and (cast($2 as text) is null or k.affiliate_id = $3)
  and (cast($4 as text) is null or k.search_folded like $4 escape '\')
  and (cast($5 as text) is null or exists (
      select 1
      from event e
      where e.business_id = $1 and e.contact_id = k.id and e.affiliate_id is not null and not e.seen_twice
        and (cast($6 as bigint) is null or e.day >= $6)
        and (cast($7 as bigint) is null or e.day <= $7)
        and (($5 = 'lead' and e.kind = 'lead')
             or ($5 = 'customer' and e.kind = 'sale' and (e.amount = 0 or e.refunded < e.amount))
             or ($5 = 'cancelled' and e.kind = 'cancel' and k.status = 'cancelled'))))
group by k.status
