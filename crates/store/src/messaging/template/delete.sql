delete from mail_template
where business_id = $1 and kind = $2
