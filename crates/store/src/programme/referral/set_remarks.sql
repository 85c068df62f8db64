update referral set note = $3, tags = $4
where business_id = $1 and id = $2
