update payout_request set state = 'done', payout_id = $4, settled_at_ms = $5
where business_id = $1 and affiliate_id = $2 and currency = $3 and state = 'open'
