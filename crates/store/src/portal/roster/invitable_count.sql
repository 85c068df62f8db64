select cast(count(*) as bigint) as value
from affiliate f
where f.business_id = $1 and f.status <> 'terminated'
    and not exists (select 1 from account a where a.business_id = $1 and a.affiliate_id = f.id)
    and not exists (
        select 1 from invitation i
        where i.business_id = $1 and i.affiliate_id = f.id and i.state not in ('accepted', 'revoked') and i.expires_at_ms > $2
    )
    and (cast($3 as text) is null or f.search_folded like $3 escape '\')
