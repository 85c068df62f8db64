select p.id, p.number, a.name as affiliate_name, p.currency, p.amount, p.status
from payout_file_line l
join payout p on p.business_id = $1 and p.id = l.payout_id
join affiliate a on a.business_id = $1 and a.id = p.affiliate_id
where l.business_id = $1 and l.file_id = $2
order by p.number
limit $3
