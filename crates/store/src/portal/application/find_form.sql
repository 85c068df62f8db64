select open, intro, terms_url, rule, domains, group_id, campaign_id, updated_at_ms
from application_form
where business_id = $1
