delete from change_head
where node in (
  select node
  from change_head
  where node = $1 and number = $2
  {unheld}
)
