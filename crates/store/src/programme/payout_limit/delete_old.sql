delete from payout_sole_note
where business_id = $1 and at_ms <= $2
