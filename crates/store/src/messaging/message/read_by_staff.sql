update message_thread
set staff_unread = (
    select count(*) from message m where m.business_id = $1 and m.affiliate_id = $2 and m.from_staff = $3 and m.number > $4
)
where business_id = $1 and affiliate_id = $2 and staff_unread > 0
