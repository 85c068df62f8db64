insert into mail
    (business_id, id, kind, to_address, to_name, subject, body_text, body_html, state, attempts, last_error,
    created_at_ms, sent_at_ms, search_folded)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
