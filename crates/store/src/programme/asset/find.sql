select id, campaign_id, kind, title, note, body, alt, place, active, file_name, media_type, byte_count, sha256, width, height, created_at_ms, updated_at_ms
from asset
where business_id = $1 and id = $2
