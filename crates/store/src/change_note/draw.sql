update change_head
set number = number + 1
where id = 1
returning number as value
