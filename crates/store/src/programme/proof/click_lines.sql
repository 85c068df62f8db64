-- Commissions of clicks with the clicks they are for; `reward` is that of level 0 for the same clicks.
select k.commission_id as id, c.affiliate_id, c.level, c.currency, c.amount, c.rule_id, c.rule_version, k.day, k.link_id, k.number, p.clicks,
       (select max(b.amount)
        from click_commission o
        join commission b on b.business_id = $1 and b.id = o.commission_id
        where o.business_id = $1 and o.day = k.day and o.link_id = k.link_id and o.number = k.number and b.level = 0) as reward
from click_commission k
join commission c on c.business_id = $1 and c.id = k.commission_id
join click_pay p on p.business_id = $1 and p.day = k.day and p.link_id = k.link_id and p.number = k.number
where k.business_id = $1 and k.commission_id > $2
order by k.commission_id
limit $3
