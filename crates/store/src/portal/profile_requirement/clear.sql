delete from profile_requirement
where business_id = $1
