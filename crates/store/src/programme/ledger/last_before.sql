select seq as value
from journal_entry
where business_id = $1 and at_ms < $2
order by seq desc
limit 1
