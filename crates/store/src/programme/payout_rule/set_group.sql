insert into group_payout_rule (business_id, group_id, weekday, month_day, methods)
values ($1, $2, $3, $4, $5)
on conflict (business_id, group_id) do update
set weekday = $3, month_day = $4, methods = $5
