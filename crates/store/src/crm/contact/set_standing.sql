update contact set status = $3, affiliate_id = $4, campaign_id = $5, partnership_id = $6, link_id = $7, bound_at_ms = $8,
    first_sale_at_ms = $9, cancelled_at_ms = $10
where business_id = $1 and id = $2
