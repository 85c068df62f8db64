select p.id, p.number, p.affiliate_id, a.name as affiliate_name, a.email as affiliate_email, p.currency, p.commissions_total,
       p.carried_forward, p.amount, p.status, p.method, p.reference, p.note, p.paid_at_ms, p.created_at_ms, p.updated_at_ms
from payout p
join affiliate a on a.business_id = $1 and a.id = p.affiliate_id
where p.business_id = $1
  and (cast($2 as text) is null or p.status = $2)
  and (cast($3 as text) is null or p.affiliate_id = $4)
  and (cast($5 as text) is null or a.search_folded like $5 escape '\' or lower(coalesce(p.reference, '')) like $5 escape '\'
       or lower(coalesce(p.reference, '')) like lower(cast($6 as text)) escape '\' or cast(p.number as text) like $5 escape '\')
  and (cast($7 as text) is null or p.status <> $7)
  and (cast($8 as text) is null or p.id < $9)
order by {order}
limit $10 offset $11
