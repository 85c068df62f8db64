select id, kind, source, external_id, name, contact_id, amount, currency, tax, shipping, net, refunded, sale_id, reason,
       occurred_at_ms, recorded_at_ms, day, affiliate_id, campaign_id, partnership_id, link_id, click_id, via, referral_id,
       metadata, seen_twice
from event
where business_id = $1
  and (cast($2 as text) is null or kind = $2)
  and (cast($3 as text) is null or affiliate_id = $4)
  and (cast($5 as text) is null or contact_id = $6)
  and (cast($7 as text) is null or external_id = $7)
  and (cast($8 as text) is null or lower(external_id) like $8 escape '\'
      or lower(external_id) like lower(cast($9 as text)) escape '\' or exists (
      select 1 from contact k where k.business_id = $1 and k.id = event.contact_id and k.search_folded like $8 escape '\'))
  and (cast($10 as text) is null or id < $11)
order by {order}
limit $12 offset $13
