select exists (
    select 1
    from notice_mute m
    join account a on a.business_id = $1 and a.id = m.account_id
    where m.business_id = $1 and a.affiliate_id = $2 and m.kind = $3
) as value
