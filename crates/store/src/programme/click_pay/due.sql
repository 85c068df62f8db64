select d.link_id, l.partnership_id, d.affiliate_id, d.campaign_id,
       cast(d.unique_clicks - coalesce((select sum(p.clicks) from click_pay p
                                        where p.business_id = $1 and p.day = d.day and p.link_id = d.link_id), 0) as bigint) as clicks,
       cast(coalesce((select max(q.number) from click_pay q
                      where q.business_id = $1 and q.day = d.day and q.link_id = d.link_id), 0) + 1 as bigint) as number
from click_day d
join link l on l.business_id = $1 and l.id = d.link_id
join affiliate a on a.business_id = $1 and a.id = d.affiliate_id
where d.business_id = $1 and d.day = $2 and a.status = 'approved'
  and d.unique_clicks > coalesce((select sum(r.clicks) from click_pay r
                                  where r.business_id = $1 and r.day = d.day and r.link_id = d.link_id), 0)
order by d.link_id
limit $3
