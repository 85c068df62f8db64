update payout_request set state = $3, settled_at_ms = $4
where business_id = $1 and id = $2 and state = 'open'
