select content as value
from asset_content
where business_id = $1 and asset_id = $2
