select count(*) as value from business
