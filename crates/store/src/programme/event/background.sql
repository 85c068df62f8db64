select a.id, a.name, a.email, a.status, a.group_id, a.parent_id, a.company, a.phone, a.website, a.country, a.traffic_source,
       a.deal_type, a.note, a.tags, a.payout_method, a.created_at_ms, a.approved_at_ms,
       earlier.sales as sales, earlier.first_at_ms as first_at_ms, earlier.leads as leads,
       (select c.sub_ids from click c where c.business_id = $1 and c.id = $7) as sub_ids
from affiliate a
cross join (
    select cast(count(*) filter (where e.kind = 'sale' and e.occurred_at_ms <= $5 and (e.amount = 0 or e.refunded < e.amount) and not e.seen_twice) as bigint) as sales,
           min(e.occurred_at_ms) filter (where e.kind = 'sale' and e.occurred_at_ms <= $5 and (e.amount = 0 or e.refunded < e.amount) and not e.seen_twice) as first_at_ms,
           cast(count(*) filter (where e.kind = 'lead' and e.name = $6) as bigint) as leads
    from event e
    where e.business_id = $1 and e.contact_id = $3 and e.id <> $4
) as earlier
where a.business_id = $1 and a.id = $2
