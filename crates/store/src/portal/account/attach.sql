update account
set affiliate_id = $3
where business_id = $1 and id = $2 and affiliate_id is null
    and not exists (select 1 from account o where o.business_id = $1 and o.affiliate_id = $3)
