update contact set name = $3, email = $4, email_folded = $5, search_folded = $6, phone = $7, country = $8
where business_id = $1 and id = $2
