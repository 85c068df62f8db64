select
    i.id, i.affiliate_id, f.name, i.email, i.state, i.expires_at_ms, i.updated_at_ms,
    m.state as mail_state, m.last_error as mail_error
from invitation i
join affiliate f on f.business_id = $1 and f.id = i.affiliate_id
left join mail m on m.business_id = $1 and m.id = i.mail_id
where i.business_id = $1 and f.status in ('pending', 'approved') and i.state in ('queued', 'sent', 'opened', 'bounced')
  and (i.state = 'bounced' or i.expires_at_ms <= $2 or (i.state = 'queued' and m.state = 'failed'))
order by i.updated_at_ms desc, i.id desc
limit $3
