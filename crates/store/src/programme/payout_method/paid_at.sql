select distinct affiliate_id as value
from payout_method
where business_id = $1 and fingerprint = $2
