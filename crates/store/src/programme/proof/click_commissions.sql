-- What a rule paid without an event, it paid for settled clicks of that day.
select c.id
from commission c
left join click_commission k on k.business_id = $1 and k.commission_id = c.id and k.day = c.day
left join click_pay p on p.business_id = $1 and p.day = k.day and p.link_id = k.link_id and p.number = k.number
where c.business_id = $1 and c.rule_id is not null and c.event_id is null and p.number is null
order by c.id
limit $2
