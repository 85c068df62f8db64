insert into business (id, slug, name, currency, timezone, demo, created_at_ms)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (slug) do nothing
