select id, affiliate_id, kind, sealed, masked, fingerprint, holds_until_ms, created_at_ms
from payout_method
where business_id = $1 and affiliate_id = $2
order by id desc
limit $3
