select staff_id as value
from staff_passkey
where host = $1 and credential = $2
