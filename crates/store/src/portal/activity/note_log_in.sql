update account_activity
set last_seen_at_ms = $3, log_ins = log_ins + 1
where business_id = $1 and account_id = $2
