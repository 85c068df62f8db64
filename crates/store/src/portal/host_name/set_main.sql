update host_name set main = (name = $2) where business_id = $1
