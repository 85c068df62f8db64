select referral_id, id, kind, passed, note, actor_name, at_ms
from referral_check
where business_id = $1 and referral_id >= $2 and referral_id <= $3
order by referral_id, id
