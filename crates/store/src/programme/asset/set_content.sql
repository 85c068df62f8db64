insert into asset_content (business_id, asset_id, content)
values ($1, $2, $3)
on conflict (business_id, asset_id) do update set content = excluded.content
