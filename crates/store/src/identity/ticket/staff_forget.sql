delete from staff_spent_ticket
where staff_id = $1 and until_ms <= $2
