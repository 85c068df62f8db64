insert into team_setting (business_id, open, names, updated_at_ms)
values ($1, $2, $3, $4)
on conflict (business_id) do update set open = $2, names = $3, updated_at_ms = $4
