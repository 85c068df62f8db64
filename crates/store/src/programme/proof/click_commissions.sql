-- What a rule paid without an event, it paid for settled clicks of that day.
select c.id
from commission c
left join click_commission k on k.business_id = $1 and k.commission_id = c.id and k.day = c.day
where c.business_id = $1 and c.rule_id is not null and c.event_id is null and k.commission_id is null
order by c.id
limit $2
