insert into payout_rule (business_id, weekday, month_day, methods, two_step)
values ($1, $2, $3, $4, $5)
on conflict (business_id) do update
set weekday = $2, month_day = $3, methods = $4, two_step = $5
