delete from notice_mute
where business_id = $1 and account_id = $2
