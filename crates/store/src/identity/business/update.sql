update business set name = $2, timezone = $3, language = $4 where id = $1
