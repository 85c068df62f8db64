select seq, line, affiliate_id, currency, kind, account, amount
from journal_posting
where business_id = $1 and seq >= $2 and seq <= $3 and (cast($4 as text) is null or affiliate_id = $5)
order by seq, line
