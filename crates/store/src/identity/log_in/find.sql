select failures, next_at_ms from log_in_attempt where account = $1
