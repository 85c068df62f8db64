insert into affiliate (business_id, id, name, email, email_folded, search_folded, status, group_id, parent_id, company,
    phone, website, country, traffic_source, deal_type, note, tags, payout_method, created_at_ms, approved_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
on conflict (business_id, email_folded) do nothing
returning id as value
