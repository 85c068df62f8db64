delete from payout_sole_approval
where business_id = $1 and subject = $2
