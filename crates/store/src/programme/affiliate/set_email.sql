update affiliate
set email = $3, email_folded = $4, search_folded = $5
where business_id = $1 and id = $2
    and not exists (select 1 from affiliate o where o.business_id = $1 and o.email_folded = $4 and o.id <> $2)
