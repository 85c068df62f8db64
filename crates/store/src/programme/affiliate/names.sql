-- {ids} stands for the affiliates.
select id, name
from affiliate
where business_id = $1 and id in ({ids})
