insert into payout_hold (business_id, days)
values ($1, $2)
on conflict (business_id) do update
set days = $2
