update referral set status = $3, reject_reason = $4, decided_at_ms = $5
where business_id = $1 and id = $2
