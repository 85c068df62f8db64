select number, business_id, affiliate_id, clicks
from change_note
where node = $1 and number > $2
order by number
limit $3
