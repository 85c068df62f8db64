-- Touches the business's one settings row, so that two requests for a code run one after the other.
update setting
set updated_at_ms = updated_at_ms
where business_id = $1
