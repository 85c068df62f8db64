select id, kind, passed, note, actor_name, at_ms
from referral_check
where business_id = $1 and referral_id = $2
order by id
