select id, name, email, status, group_id, parent_id, company, phone, website, country, traffic_source,
    deal_type, note, tags, payout_method, created_at_ms, approved_at_ms
from affiliate
where business_id = $1 and email_folded = $2
