select f.name as value
from payout_file_line l
join payout_file f on f.business_id = $1 and f.id = l.file_id
where l.business_id = $1 and l.payout_id = $2 and l.answered = $3
