select t.kind, t.subject, t.heading, t.body, h.html, t.updated_at_ms
from mail_template t
left join mail_template_html h on h.business_id = $1 and h.kind = t.kind
where t.business_id = $1
order by t.kind
