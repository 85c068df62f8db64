update payout_run_member set stage = $5, payout_id = coalesce($6, payout_id), failure = $7
where business_id = $1 and run_id = $2 and affiliate_id = $3 and currency = $4
