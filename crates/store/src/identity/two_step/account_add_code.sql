insert into account_recovery_code (business_id, account_id, code_mac)
values ($1, $2, $3)
on conflict do nothing
