update affiliate_group
set name = $3, name_folded = $4, region = $5, note = $6, payout_frequency = $7, payout_method = $8
where business_id = $1 and id = $2
