select {key} as grouped, cast(sum(d.clicks) as bigint) as clicks, cast(sum(d.unique_clicks) as bigint) as unique_clicks
from click_day d
where d.business_id = $1
  and (cast($2 as bigint) is null or d.day >= $2)
  and (cast($3 as bigint) is null or d.day <= $3)
  and (cast($4 as text) is null or d.affiliate_id = $5)
  and (cast($6 as text) is null or d.campaign_id = $7)
group by grouped
