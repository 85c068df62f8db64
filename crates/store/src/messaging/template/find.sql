select kind, subject, heading, body, updated_at_ms
from mail_template
where business_id = $1 and kind = $2
