select count(*) as value
from message_thread t
join affiliate a on a.business_id = $1 and a.id = t.affiliate_id
where t.business_id = $1
    and (cast($2 as text) is null or t.staff_unread > 0)
    and (cast($3 as text) is null or a.search_folded like $3 escape '\')
