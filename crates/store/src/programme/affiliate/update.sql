update affiliate
set name = $3, email = $4, email_folded = $5, search_folded = $6, group_id = $7, parent_id = $8, company = $9,
    phone = $10, website = $11, country = $12, traffic_source = $13, deal_type = $14, note = $15, tags = $16,
    payout_method = $17
where business_id = $1 and id = $2
