delete from callback
where business_id = $1 and received_at_ms < $2
