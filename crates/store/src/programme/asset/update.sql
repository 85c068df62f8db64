update asset
set title = $3, note = $4, body = $5, alt = $6, file_name = $7, media_type = $8, byte_count = $9, sha256 = $10, width = $11, height = $12,
    updated_at_ms = $13
where business_id = $1 and id = $2
