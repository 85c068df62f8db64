delete from job
where failed_at_ms < $1
