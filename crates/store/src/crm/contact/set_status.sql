update contact set status = $3, first_sale_at_ms = $4, cancelled_at_ms = $5
where business_id = $1 and id = $2
