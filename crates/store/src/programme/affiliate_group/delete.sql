delete from affiliate_group
where business_id = $1 and id = $2
