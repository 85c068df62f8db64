update payout_run set state = $4, finished = 0, total = $5, work_began_at_ms = $6, updated_at_ms = $6
where business_id = $1 and id = $2 and state = $3
