select m.day, m.link_id, m.number, p.clicks, p.affiliate_id, l.code as link_code, l.label as link_label
from click_commission m
join click_pay p on p.business_id = $1 and p.day = m.day and p.link_id = m.link_id and p.number = m.number
join link l on l.business_id = $1 and l.id = m.link_id
where m.business_id = $1 and m.commission_id = $2
