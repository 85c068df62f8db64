select
    id, affiliate_id, state, name, email, website, audience, terms_url, by_rule, decided_by, reason, reason_told, created_at_ms,
    decided_at_ms
from application
where business_id = $1 and id = $2
