update notification
set unread = $3
where business_id = $1 and account_id = $2 and unread <> $3 and (cast($4 as text) is null or kind = $4)
