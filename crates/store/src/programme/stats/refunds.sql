select cast(count(*) as bigint) as sales, cast(count(*) filter (where e.refunded > 0) as bigint) as refunded
from event e
where e.business_id = $1 and e.kind = 'sale' and e.affiliate_id is not null and not e.seen_twice
  and (cast($2 as bigint) is null or e.day >= $2)
  and (cast($3 as bigint) is null or e.day <= $3)
  and (cast($4 as text) is null or e.affiliate_id = $5)
  and (cast($6 as text) is null or e.campaign_id = $7)
