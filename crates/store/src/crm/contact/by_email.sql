select id, external_id, name, email, phone, country, status, affiliate_id, campaign_id, partnership_id, link_id,
       bound_at_ms, first_sale_at_ms, cancelled_at_ms, created_at_ms
from contact
where business_id = $1 and email_folded = $2
order by id desc
limit $3
