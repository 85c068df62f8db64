select a.id as affiliate_id, a.name
from affiliate a
where a.business_id = $1 and a.id <> $3 and a.id in (
    select m.affiliate_id
    from payout_method m
    where m.business_id = $1 and m.fingerprint = $2
)
order by a.id
limit 10
