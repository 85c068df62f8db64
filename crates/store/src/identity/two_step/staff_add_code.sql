insert into staff_recovery_code (staff_id, code_mac)
values ($1, $2)
on conflict do nothing
