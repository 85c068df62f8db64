insert into log_in_attempt (account, failures, next_at_ms) values ($1, 0, 0) on conflict (account) do nothing
