update invoice_issuer set last_number = last_number + 1
where business_id = $1
returning last_number as value
