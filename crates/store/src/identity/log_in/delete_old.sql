delete from log_in_attempt where next_at_ms < $1
