insert into payout_debtor (business_id, sealed, masked, updated_at_ms)
values ($1, $2, $3, $4)
on conflict (business_id) do update
set sealed = $2, masked = $3, updated_at_ms = $4
