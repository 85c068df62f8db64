update commission set status = 'in_payout', payout_id = $2, updated_at_ms = $3
where business_id = $1 and affiliate_id = $4 and status = 'approved' and currency = $5
  and amount + adjusted - reversed + clawed_back <> 0
  and (cast($6 as text) is null or id = $7)
  and not exists (select 1 from commission_step t
                  where t.business_id = $1 and t.commission_id = commission.id and (t.line = 1 or t.kind in ('approved', 'adjustment')) and t.at_ms >= $8)
returning id, amount + adjusted - reversed + clawed_back as amount
