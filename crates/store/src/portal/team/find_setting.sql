select open, names, updated_at_ms
from team_setting
where business_id = $1
