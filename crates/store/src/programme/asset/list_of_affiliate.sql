-- Of the campaigns that an affiliate takes part in, while the part and the campaign are switched on.
select a.id, a.campaign_id, a.kind, a.title, a.note, a.body, a.alt, a.place, a.active, a.file_name, a.media_type, a.byte_count, a.sha256, a.width, a.height, a.created_at_ms, a.updated_at_ms
from partnership p
join campaign c on c.business_id = $1 and c.id = p.campaign_id
join asset a on a.business_id = $1 and a.campaign_id = p.campaign_id
where p.business_id = $1 and p.affiliate_id = $2 and p.active = $3 and c.active = $3 and a.active = $3
    and (cast($4 as text) is null or a.id = $5)
order by p.id, a.place, a.id
limit $6
