delete from payout_minimum where business_id = $1 and currency = $2
