insert into staff_route (staff_id, business_id) values ($1, $2) on conflict (staff_id, business_id) do nothing
