-- Whoever writes has read what was there; the other side has one more to read.
update message_thread
set messages = $3, staff_unread = (staff_unread + $4) * $4, affiliate_unread = (affiliate_unread + $5) * $5,
    last_body = $6, last_author = $7, last_from_staff = $8, last_at_ms = $9
where business_id = $1 and affiliate_id = $2
