insert into unpaid_line (business_id, event_id, rule_id, affiliate_id, base_amount)
values ($1, $2, $3, $4, $5)
