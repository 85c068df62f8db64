insert into account_profile
    (business_id, account_id, phone, company, country, street, city, postcode, timezone, language, told, updated_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (business_id, account_id) do update
set phone = $3, company = $4, country = $5, street = $6, city = $7, postcode = $8, timezone = $9, language = $10,
    told = $11, updated_at_ms = $12
