select cast(count(*) as bigint) as value
from staff_recovery_code
where staff_id = $1
