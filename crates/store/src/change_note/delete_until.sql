delete from change_note where node = $1 and number <= $2
