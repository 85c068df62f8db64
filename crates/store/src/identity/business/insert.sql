insert into business (id, slug, name, currency, timezone, language, demo, created_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (slug) do nothing
