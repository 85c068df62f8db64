update business set name = $2, timezone = $3 where id = $1
