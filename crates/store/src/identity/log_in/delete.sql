delete from log_in_attempt where account = $1
