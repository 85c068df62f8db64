select
    id, kind, to_address, to_name, subject, body_text, body_html, state, attempts, last_error, created_at_ms, sent_at_ms
from mail
where business_id = $1 and id = $2
