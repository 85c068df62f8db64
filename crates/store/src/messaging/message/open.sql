-- Makes the thread, or has those who write to it wait for each other.
insert into message_thread
    (business_id, affiliate_id, messages, staff_unread, affiliate_unread, last_body, last_author, last_from_staff, last_at_ms)
values ($1, $2, 0, 0, 0, '', '', $3, $4)
on conflict (business_id, affiliate_id) do update
set messages = message_thread.messages
returning messages, staff_unread, affiliate_unread
