select
    cast(count(*) as bigint) as accounts,
    cast(count(a.affiliate_id) as bigint) as affiliates,
    cast(count(*) filter (where a.blocked = $2) as bigint) as blocked,
    cast(count(*) filter (where v.account_id is null) as bigint) as never,
    cast(count(*) filter (where v.last_seen_at_ms > $3 and a.blocked <> $2) as bigint) as active_week,
    cast(count(*) filter (where v.last_seen_at_ms > $4 and a.blocked <> $2) as bigint) as active_month
from account a
left join account_activity v on v.business_id = $1 and v.account_id = a.id
where a.business_id = $1
