select currency, account, cast(sum(amount) as bigint) as amount
from journal_posting
where business_id = $1 and seq <= $2 and (cast($3 as text) is null or affiliate_id = $4)
group by currency, account
order by currency, account
