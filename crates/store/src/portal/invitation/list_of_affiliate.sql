select
    i.id, i.partnership_id, c.name as campaign_name, c.active as campaign_active, i.email, i.state, i.mail_id,
    m.state as mail_state, m.last_error as mail_error, m.sent_at_ms as mail_sent_at_ms,
    i.created_at_ms, i.expires_at_ms, i.updated_at_ms
from invitation i
left join partnership p on p.business_id = $1 and p.id = i.partnership_id
left join campaign c on c.business_id = $1 and c.id = p.campaign_id
left join mail m on m.business_id = $1 and m.id = i.mail_id
where i.business_id = $1 and i.affiliate_id = $2
order by i.id desc
