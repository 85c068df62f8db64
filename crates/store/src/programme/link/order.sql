-- Touches the partnership, so that two of its links are made one after the other.
update partnership
set active = active
where business_id = $1 and id = $2
