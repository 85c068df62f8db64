update mail
set body_text = $4, body_html = $5
where business_id = $1 and id = $2 and kind = $3
