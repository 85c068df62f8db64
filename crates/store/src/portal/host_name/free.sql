delete from host_name where name = $1 and active = $2 and created_at_ms < $3
