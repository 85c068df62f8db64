insert into notification (business_id, id, account_id, kind, detail, path, unread, created_at_ms)
select cast($1 as bigint), $2, a.id, $4, $5, $6, $7, $8
from account a
where a.business_id = $1 and a.affiliate_id = $3
