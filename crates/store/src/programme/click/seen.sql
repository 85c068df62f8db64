select distinct visitor_id
from click
where business_id = $1 and day = $2 and link_id = $3 and counted = $4
    and visitor_id in ($5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
