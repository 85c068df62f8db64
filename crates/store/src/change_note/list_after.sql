select number, node, business_id, affiliate_id, clicks
from change_note
where number > $1
order by number
