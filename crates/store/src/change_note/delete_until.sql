delete from change_note where number <= $1
