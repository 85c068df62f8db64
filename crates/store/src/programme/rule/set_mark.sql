update setting set rules_mark = $2 where business_id = $1
