update contact set affiliate_id = $3, campaign_id = $4, partnership_id = $5, link_id = $6, bound_at_ms = $7
where business_id = $1 and id = $2 and affiliate_id is null
