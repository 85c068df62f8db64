insert into mail_template_html (business_id, kind, html)
values ($1, $2, $3)
on conflict (business_id, kind) do update
set html = excluded.html
