select cast(coalesce(sum(amount), 0) as bigint) as value
from journal_posting
where business_id = $1 and affiliate_id = $2 and currency = $3 and account = $4
