select
    a.id, a.email, a.name, a.affiliate_id, f.name as affiliate_name, f.status as affiliate_status, a.blocked, a.created_at_ms,
    v.first_log_in_at_ms, v.last_seen_at_ms, v.log_ins
from account a
left join account_activity v on v.business_id = $1 and v.account_id = a.id
left join affiliate f on f.business_id = $1 and f.id = a.affiliate_id
where a.business_id = $1 and a.id = $2
