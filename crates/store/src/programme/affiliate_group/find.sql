select g.id, g.name, g.region, g.note, g.payout_frequency, g.payout_method, g.created_at_ms,
    (select count(*) from affiliate a where a.business_id = $1 and a.group_id = g.id) as members
from affiliate_group g
where g.business_id = $1 and g.id = $2
