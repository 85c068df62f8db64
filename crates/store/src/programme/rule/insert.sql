insert into rule (
    business_id, id, version, name, group_id, campaign_id, product_id, affiliate_id, trigger_on, trigger_event, conditions,
    reward, base, recurrence, caps, levels, hold_days, auto_approve, active, effective_from_ms, effective_day, created_at_ms
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
on conflict (business_id, id, version) do nothing
