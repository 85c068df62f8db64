delete from account_recovery_code
where business_id = $1 and account_id = $2
