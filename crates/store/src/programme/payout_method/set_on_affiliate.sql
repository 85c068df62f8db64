update affiliate
set payout_method = $3
where business_id = $1 and id = $2
