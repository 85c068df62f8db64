-- Touches the campaign, so that two of its assets are placed one after the other.
update campaign
set active = active
where business_id = $1 and id = $2
