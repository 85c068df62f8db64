select messages, staff_unread, affiliate_unread
from message_thread
where business_id = $1 and affiliate_id = $2
