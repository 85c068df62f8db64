-- {ids} stands for the kinds that are known.
delete from job
where failed_at_ms is null and run_at_ms < $1 and kind not in ({ids})
