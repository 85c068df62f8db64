-- What was settled of a link's day went to whose link it is, in its campaign, once for each level.
select k.commission_id as id, k.day, k.link_id, k.number
from click_commission k
join commission c on c.business_id = $1 and c.id = k.commission_id
join click_pay p on p.business_id = $1 and p.day = k.day and p.link_id = k.link_id and p.number = k.number
join click_day d on d.business_id = $1 and d.day = k.day and d.link_id = k.link_id
where k.business_id = $1
  and (p.affiliate_id <> d.affiliate_id or p.campaign_id <> d.campaign_id or c.campaign_id is distinct from p.campaign_id
       or (c.level = 0 and c.affiliate_id <> p.affiliate_id)
       or (select count(*)
           from click_commission o
           join commission b on b.business_id = $1 and b.id = o.commission_id
           where o.business_id = $1 and o.day = k.day and o.link_id = k.link_id and o.number = k.number and b.level = c.level) <> 1)
order by k.commission_id
limit $2
