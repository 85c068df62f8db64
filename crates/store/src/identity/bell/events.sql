-- Each part reads the newest of an index; ids begin with their time.
select kind, id, name, detail, at_ms
from (
    select * from (
        select 'application' as kind, id, name, '' as detail, created_at_ms as at_ms
        from application
        where business_id = $1
        order by id desc
        limit $2
    ) as applications
    union all
    select * from (
        select 'message' as kind, affiliate_id as id, last_author as name, '' as detail, last_at_ms as at_ms
        from message_thread
        where business_id = $1 and last_from_staff = $3
        order by last_at_ms desc
        limit $2
    ) as messages
    union all
    select * from (
        select 'payout_method' as kind, m.affiliate_id as id, f.name, '' as detail, m.created_at_ms as at_ms
        from payout_method m
        join affiliate f on f.business_id = $1 and f.id = m.affiliate_id
        where m.business_id = $1
        order by m.id desc
        limit $2
    ) as methods
    union all
    select * from (
        select 'mail' as kind, id, to_address as name, subject as detail, created_at_ms as at_ms
        from mail
        where business_id = $1 and state = 'failed'
        order by id desc
        limit $2
    ) as mails
    union all
    select * from (
        select 'account' as kind, id, name, email as detail, created_at_ms as at_ms
        from account
        where business_id = $1
        order by id desc
        limit $2
    ) as accounts
    union all
    select * from (
        select 'stuck_application' as kind, id, '' as name, '' as detail, failed_at_ms as at_ms
        from stuck_application
        where business_id = $1
        order by failed_at_ms desc
        limit $2
    ) as stuck
) as events
order by at_ms desc, id desc
limit $2
