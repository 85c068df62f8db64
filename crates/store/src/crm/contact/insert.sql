insert into contact (business_id, id, name, email, email_folded, search_folded, phone, country, status, affiliate_id, campaign_id,
       partnership_id, link_id, bound_at_ms, first_sale_at_ms, cancelled_at_ms, external_id, created_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
