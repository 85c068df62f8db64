insert into asset (business_id, id, campaign_id, kind, title, note, body, alt, place, active, file_name, media_type, byte_count, sha256, width, height, created_at_ms, updated_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
