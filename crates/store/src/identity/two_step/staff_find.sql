select sealed, step, confirmed_at_ms
from staff_totp
where staff_id = $1
