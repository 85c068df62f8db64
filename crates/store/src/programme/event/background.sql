select cast(count(*) filter (where e.kind = 'sale' and e.occurred_at_ms <= $4 and (e.amount = 0 or e.refunded < e.amount) and not e.seen_twice) as bigint) as sales,
       min(e.occurred_at_ms) filter (where e.kind = 'sale' and e.occurred_at_ms <= $4 and (e.amount = 0 or e.refunded < e.amount) and not e.seen_twice) as first_at_ms,
       cast(count(*) filter (where e.kind = 'lead' and e.name = $5) as bigint) as leads,
       (select c.sub_ids from click c where c.business_id = $1 and c.id = $6) as sub_ids
from event e
where e.business_id = $1 and e.contact_id = $2 and e.id <> $3
