update payout_run_member set stage = $4
where business_id = $1 and run_id = $2 and included = $3 and stage > $4 and payout_id is not null
