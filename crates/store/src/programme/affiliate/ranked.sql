-- The list in the order of a figure; money of one currency ($14) only, since currencies do not compare.
with clicked as (
    select affiliate_id, cast(sum(clicks) as bigint) as clicks
    from click_day
    where business_id = $1
    group by affiliate_id
), sold as (
    select affiliate_id,
        count(*) filter (where refunded < amount or amount = 0) as conversions,
        cast(sum(amount - refunded) filter (where currency = $14) as bigint) as revenue
    from event
    where business_id = $1 and kind = 'sale' and not seen_twice and affiliate_id is not null
    group by affiliate_id
), earned as (
    select affiliate_id, cast(sum(amount + adjusted - reversed) as bigint) as commission
    from commission
    where business_id = $1 and status <> 'rejected' and currency = $14
    group by affiliate_id
)
select a.id, a.name, a.email, a.status, a.group_id, a.parent_id, a.company, a.phone, a.website, a.country,
    a.traffic_source, a.deal_type, a.note, a.tags, a.payout_method, a.created_at_ms, a.approved_at_ms
from affiliate a
left join clicked on clicked.affiliate_id = a.id
left join sold on sold.affiliate_id = a.id
left join earned on earned.affiliate_id = a.id
where a.business_id = $1
    and (cast($2 as text) is null or a.status = $2)
    and (cast($3 as text) is null
        or (cast($3 as text) = 'none' and a.group_id is null)
        or (cast($3 as text) = 'of' and a.group_id = $4)
        or (cast($3 as text) = 'not' and a.group_id is distinct from $4))
    and (cast($5 as text) is null or a.tags like $5 escape '\')
    and (cast($6 as text) is null or a.email_folded = $6)
    and (cast($7 as text) is null or a.search_folded like $7 escape '\')
    and (cast($8 as text) is null or a.id < $9)
    and (cast($10 as text) is null or a.country = $10)
    and (cast($11 as text) is null or a.traffic_source = $11)
order by {order}
limit $12 offset $13
