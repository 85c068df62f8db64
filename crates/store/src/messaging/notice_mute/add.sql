insert into notice_mute (business_id, account_id, kind)
values ($1, $2, $3)
on conflict do nothing
