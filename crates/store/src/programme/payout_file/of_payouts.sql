-- {ids} stands for the payouts.
select l.payout_id, l.file_id, f.format, l.answered
from payout_file_line l
join payout_file f on f.business_id = $1 and f.id = l.file_id
where l.business_id = $1 and l.payout_id in ({ids})
