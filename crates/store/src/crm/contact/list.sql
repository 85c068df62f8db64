select id, external_id, name, email, phone, country, status, affiliate_id, campaign_id, partnership_id, link_id,
       bound_at_ms, first_sale_at_ms, cancelled_at_ms, created_at_ms
from contact
where business_id = $1
  and (cast($2 as text) is null or affiliate_id = $3)
  and (cast($4 as text) is null or status = $4)
  and (cast($5 as text) is null or search_folded like $5 escape '\')
  and (cast($6 as text) is null or external_id = $6)
  and (cast($7 as text) is null or id < $8)
order by {order}
limit $9 offset $10
