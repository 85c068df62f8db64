-- What changes what an affiliate has to get: approving, drafting and cancelling move it between accounts only.
select e.seq, e.at_ms, e.kind, w.kind as cause, e.commission_id, e.payout_id,
       (select cast(coalesce(sum(p.amount), 0) as bigint)
        from journal_posting p
        where p.business_id = $1 and p.seq = e.seq and p.account in ('pending', 'approved', 'in_payout', 'clawback')) as amount,
       c.level, c.note, v.name as event_name, m.name as campaign_name,
       k.id as contact_id, k.name as customer_name, k.email as customer_email, k.external_id as customer_external_id,
       y.number as payout_number, y.reference as payout_reference, n.name as credit_note,
       q.day as clicks_day, s.clicks, z.code as link_code
from journal_entry e
left join commission c on c.business_id = $1 and c.id = e.commission_id
left join event v on v.business_id = $1 and v.id = c.event_id
left join campaign m on m.business_id = $1 and m.id = c.campaign_id
left join contact k on k.business_id = $1 and k.id = c.contact_id
left join event w on w.business_id = $1 and w.id = e.event_id
left join payout y on y.business_id = $1 and y.id = e.payout_id
left join payout_credit n on n.business_id = $1 and n.payout_id = e.payout_id and e.kind = 'return_payout'
left join click_commission q on q.business_id = $1 and q.commission_id = e.commission_id
left join click_pay s on s.business_id = $1 and s.day = q.day and s.link_id = q.link_id and s.number = q.number
left join link z on z.business_id = $1 and z.id = q.link_id
where e.business_id = $1 and e.affiliate_id = $2 and e.currency = $3 and e.at_ms >= $4 and e.at_ms < $5
  and e.kind not in ('approve', 'unapprove', 'draft', 'cancel_payout')
order by e.seq
limit $6
