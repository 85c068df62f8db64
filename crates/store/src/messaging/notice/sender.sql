select coalesce(r.portal_name, b.name) as name, b.slug, b.timezone, b.language, s.support_email, s.notify_affiliate_approved, s.notify_payout
from business b
join setting s on s.business_id = $1
left join brand r on r.business_id = $1
where b.id = $1
