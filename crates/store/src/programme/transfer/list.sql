select t.id, t.payout_id, p.number as payout_number, p.status as payout_status, p.affiliate_id, a.name as affiliate_name, t.provider,
       t.amount, t.currency, t.state, t.provider_ref, t.attempts, t.next_at_ms, t.last_answer, t.created_at_ms, t.updated_at_ms
from transfer t
join payout p on p.business_id = $1 and p.id = t.payout_id
join affiliate a on a.business_id = $1 and a.id = p.affiliate_id
where t.business_id = $1
  and (cast($2 as text) is null or t.provider = $2)
  and (cast($3 as text) is null or a.search_folded like $3 escape '\' or lower(coalesce(t.provider_ref, '')) like $3 escape '\'
       or lower(coalesce(t.provider_ref, '')) like lower(cast($4 as text)) escape '\'
       or cast(p.number as text) like $3 escape '\' or (cast($5 as text) is not null and t.id = $6))
  and (cast($7 as text) is null or t.state = $7)
order by {order}
limit $8 offset $9
