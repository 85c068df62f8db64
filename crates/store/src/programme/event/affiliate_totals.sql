select cast(count(*) as bigint) as sales, cast(coalesce(sum(amount - refunded) filter (where currency = $3), 0) as bigint) as revenue
from event
where business_id = $1 and affiliate_id = $2 and kind = 'sale' and (amount = 0 or refunded < amount) and not seen_twice
  and (cast($4 as text) is null or id <> $5)
