update log_in_attempt
set failures = $4, next_at_ms = $5
where account = $1 and failures = $2 and next_at_ms = $3
