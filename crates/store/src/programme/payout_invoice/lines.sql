select c.day, m.name as campaign_name,
       case when c.event_id is null and c.rule_id is not null then 'clicks' else e.name end as event_name, e.external_id as event_external_id, c.level, l.amount
from payout_line l
join commission c on c.business_id = $1 and c.id = l.commission_id
left join event e on e.business_id = $1 and e.id = c.event_id
left join campaign m on m.business_id = $1 and m.id = c.campaign_id
where l.business_id = $1 and l.payout_id = $2 and l.live = $3
order by c.day, c.id
