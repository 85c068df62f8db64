delete from mail_template_html
where business_id = $1 and kind = $2
