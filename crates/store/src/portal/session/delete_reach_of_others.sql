delete from session_reach
where business_id = $1 and account_id = $3 and session_id <> $2
