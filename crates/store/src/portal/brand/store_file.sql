insert into brand_file (business_id, hash, ending, content, width, height, stored_at_ms)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (business_id, hash) do update set stored_at_ms = excluded.stored_at_ms
