update contact set name = $3, email = $4, email_folded = $5, search_folded = $6, phone = $7, country = $8, status = $9,
    affiliate_id = $10, campaign_id = $11, partnership_id = $12, link_id = $13, bound_at_ms = $14, first_sale_at_ms = $15,
    cancelled_at_ms = $16
where business_id = $1 and id = $2
