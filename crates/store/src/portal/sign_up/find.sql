select code_id, name, password_hash, language, created_at_ms
from sign_up
where business_id = $1 and code_id = $2
