select
    t.affiliate_id, a.name as affiliate_name, a.email as affiliate_email, t.messages, t.staff_unread,
    t.last_body, t.last_author, t.last_from_staff, t.last_at_ms
from message_thread t
join affiliate a on a.business_id = $1 and a.id = t.affiliate_id
where t.business_id = $1
    and (cast($2 as text) is null or t.staff_unread > 0)
    and (cast($3 as text) is null or a.search_folded like $3 escape '\')
order by {order}
limit $4 offset $5
