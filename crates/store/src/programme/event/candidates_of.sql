-- {ids} stands for the events.
select c.event_id, c.via, c.clicked_at_ms, c.verdict, c.detail, c.affiliate_id, a.name as affiliate_name, m.name as campaign_name
from attribution_candidate c
left join affiliate a on a.business_id = $1 and a.id = c.affiliate_id
left join campaign m on m.business_id = $1 and m.id = c.campaign_id
where c.business_id = $1 and c.event_id in ({ids})
order by c.event_id desc, c.line
