update bulk_act set undone_at_ms = $4
where business_id = $1 and id = $2 and noun = $3 and undone_at_ms is null
returning act, at_ms
