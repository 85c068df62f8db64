select r.id, r.affiliate_id, a.name as affiliate_name, r.currency, r.amount, r.state, r.payout_id, r.created_at_ms, r.settled_at_ms
from payout_request r
join affiliate a on a.business_id = $1 and a.id = r.affiliate_id
where r.business_id = $1 and (cast($2 as text) is null or r.state = $2) and (cast($3 as text) is null or r.affiliate_id = $4)
order by r.id desc
limit $5
