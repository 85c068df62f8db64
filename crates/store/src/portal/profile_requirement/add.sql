insert into profile_requirement (business_id, field)
values ($1, $2)
on conflict do nothing
