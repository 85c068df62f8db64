select read_until_ms as value
from staff_bell
where business_id = $1 and staff_id = $2
