select fingerprint, created_at_ms
from application_attempt
where business_id = $1 and email_folded = $2 and created_at_ms > $3
order by created_at_ms desc
