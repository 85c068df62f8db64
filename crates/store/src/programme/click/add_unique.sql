update click_day
set unique_clicks = unique_clicks + $4
where business_id = $1 and day = $2 and link_id = $3
