select s.state, cast(count(*) as bigint) as invitations
from (
    select case when i.state in ('queued', 'sent', 'opened', 'bounced') and i.expires_at_ms <= $2 then 'expired' else i.state end as state
    from invitation i
    where i.business_id = $1
) s
group by s.state
