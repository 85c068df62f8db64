insert into change_head (node, number)
values ($1, $2)
on conflict (node) do update set number = change_head.number + 1
returning number as value
