delete from staff_recovery_code
where staff_id = $1
