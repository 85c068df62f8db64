select payout_id, answered
from payout_file_line
where business_id = $1 and file_id = $2
