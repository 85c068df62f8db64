insert into application
    (business_id, id, affiliate_id, state, name, email, search_folded, website, audience, terms_url, by_rule, decided_by, reason,
    reason_told, created_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', $12, $13)
