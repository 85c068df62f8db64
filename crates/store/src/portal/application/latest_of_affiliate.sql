select
    id, affiliate_id, state, name, email, website, audience, terms_url, by_rule, decided_by, reason, reason_told, created_at_ms,
    decided_at_ms
from application
where business_id = $1 and affiliate_id = $2
order by created_at_ms desc, id desc
limit 1
