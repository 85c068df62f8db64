select id, kind, source, external_id, name, contact_id, amount, currency, tax, shipping, net, refunded, sale_id, reason,
       occurred_at_ms, recorded_at_ms, day, affiliate_id, campaign_id, partnership_id, link_id, click_id, via, referral_id,
       metadata, seen_twice
from event
where business_id = $1 and sale_id = $2
order by id
