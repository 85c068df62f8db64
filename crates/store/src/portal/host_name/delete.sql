delete from host_name where business_id = $1 and name = $2
