-- Touches the business's one settings row, so that requests for codes and tries of them run one after the other.
update setting
set updated_at_ms = updated_at_ms
where business_id = $1
