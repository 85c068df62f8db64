select cast(count(*) as bigint) as sales, min(occurred_at_ms) as first_at_ms
from event
where business_id = $1 and contact_id = $2 and kind = 'sale' and occurred_at_ms <= $3 and id <> $4
  and (amount = 0 or refunded < amount) and not seen_twice
