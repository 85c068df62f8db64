select
    a.id as affiliate_id, a.name, a.email, a.status,
    exists (
        select 1 from account c where c.business_id = $1 and c.affiliate_id = a.id and c.password_hash is not null
    ) as has_account
from affiliate a
where a.business_id = $1 and a.id = $2
