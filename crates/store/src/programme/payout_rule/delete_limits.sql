delete from payout_limit
where business_id = $1
