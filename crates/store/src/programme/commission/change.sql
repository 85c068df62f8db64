update commission set status = $4, adjusted = $5, reversed = $6, clawed_back = $7, payout_id = $8, updated_at_ms = $9
where business_id = $1 and id = $2 and status = $3
