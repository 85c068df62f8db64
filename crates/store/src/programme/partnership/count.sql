select count(*) as value
from partnership p
join affiliate a on a.business_id = $1 and a.id = p.affiliate_id
where p.business_id = $1
    and (p.campaign_id = $2 or $2 is null)
    and (p.affiliate_id = $3 or $3 is null)
    and (p.active = $4 or $4 is null)
    and (cast($5 as text) is null or a.search_folded like $5 escape '\')
