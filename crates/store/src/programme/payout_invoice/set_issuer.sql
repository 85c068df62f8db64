insert into invoice_issuer (business_id, legal_name, street, postcode, city, country, vat_id, prefix, self_billing, remark, last_number)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)
on conflict (business_id) do update
set legal_name = $2, street = $3, postcode = $4, city = $5, country = $6, vat_id = $7, prefix = $8, self_billing = $9, remark = $10
