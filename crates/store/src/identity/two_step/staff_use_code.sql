delete from staff_recovery_code
where staff_id = $1 and code_mac = $2
