-- {ids} stands for the entries' numbers.
select seq, line, affiliate_id, currency, kind, account, amount
from journal_posting
where business_id = $1 and seq in ({ids})
order by seq, line
