-- Clicks from the day roll-ups, sales and commissions by currency; {ids} stands for the affiliates.
select affiliate_id, cast(null as text) as currency, cast(sum(clicks) as bigint) as clicks,
    cast(0 as bigint) as conversions, cast(0 as bigint) as revenue, cast(0 as bigint) as commission
from click_day
where business_id = $1 and affiliate_id in ({ids})
group by affiliate_id
union all
select affiliate_id, currency, cast(0 as bigint),
    count(*) filter (where refunded < amount or amount = 0), cast(sum(amount - refunded) as bigint), cast(0 as bigint)
from event
where business_id = $1 and affiliate_id in ({ids}) and kind = 'sale' and not seen_twice
group by affiliate_id, currency
union all
select affiliate_id, currency, cast(0 as bigint),
    cast(0 as bigint), cast(0 as bigint), cast(sum(amount + adjusted - reversed) as bigint)
from commission
where business_id = $1 and affiliate_id in ({ids}) and status <> 'rejected'
group by affiliate_id, currency
