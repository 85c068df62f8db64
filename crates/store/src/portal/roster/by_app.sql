select
    (select cast(count(distinct i.affiliate_id) as bigint) from invitation i where i.business_id = $1 and i.state <> 'revoked') as invited,
    cast(count(a.affiliate_id) as bigint) as joined,
    cast(count(*) - count(a.affiliate_id) as bigint) as without_app
from account a
where a.business_id = $1
