select sealed as value
from payout_file_content
where business_id = $1 and file_id = $2
