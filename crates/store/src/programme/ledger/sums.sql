select affiliate_id, currency, kind, account, cast(sum(amount) as bigint) as amount
from journal_posting
where business_id = $1 and (cast($2 as text) is null or affiliate_id = $3)
group by affiliate_id, currency, kind, account
