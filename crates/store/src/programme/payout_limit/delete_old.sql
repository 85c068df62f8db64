delete from payout_sole_approval
where business_id = $1 and at_ms <= $2
