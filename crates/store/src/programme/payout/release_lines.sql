update payout_line set live = $3
where business_id = $1 and payout_id = $2
