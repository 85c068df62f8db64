select id, slug, name, currency, timezone, language, demo, created_at_ms from business where id > $1 order by id limit $2
