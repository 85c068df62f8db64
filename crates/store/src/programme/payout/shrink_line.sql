update payout_line set amount = amount - $4
where business_id = $1 and payout_id = $2 and commission_id = $3
