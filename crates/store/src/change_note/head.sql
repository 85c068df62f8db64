select number as value from change_head where id = 1
