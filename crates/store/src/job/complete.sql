delete from job
where id = $1 and attempts = $2 and failed_at_ms is null
