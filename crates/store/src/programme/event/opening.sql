select s.referral_approval, s.coupons_beat_links, s.bind_customers, s.self_referral, s.truth_source, s.rules_mark, b.timezone,
       (select cast(count(*) as bigint)
        from event e
        where e.business_id = $1 and e.kind = $2 and e.external_id = $3) as reports,
       k.id, k.external_id, k.name, k.email, k.phone, k.country, k.status, k.affiliate_id, k.campaign_id, k.partnership_id, k.link_id,
       k.bound_at_ms, k.first_sale_at_ms, k.cancelled_at_ms, k.created_at_ms
from setting s
join business b on b.id = $1
left join contact k on k.business_id = $1 and k.external_id = $4
where s.business_id = $1
