-- {ids} stands for the payouts.
select p.id, p.number, p.affiliate_id, a.name as affiliate_name, a.email as affiliate_email, p.currency, p.commissions_total,
       p.carried_forward, p.amount, p.status, p.method, p.reference, p.note, p.paid_at_ms, p.created_at_ms, p.updated_at_ms
from payout p
join affiliate a on a.business_id = $1 and a.id = p.affiliate_id
where p.business_id = $1 and p.id in ({ids})
