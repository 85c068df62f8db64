select p.id, p.number, p.affiliate_id, a.name as affiliate_name, p.currency, p.amount, p.status, m.id as method_id, m.kind, m.sealed,
       m.holds_until_ms
from payout p
join affiliate a on a.business_id = $1 and a.id = p.affiliate_id
join payout_method m on m.business_id = $1 and m.affiliate_id = p.affiliate_id
where p.business_id = $1 and p.status in ('draft', 'pending')
  and m.id = (select k.id from payout_method k where k.business_id = $1 and k.affiliate_id = p.affiliate_id order by k.id desc limit 1)
  and (cast($2 as text) is null or exists (select 1 from payout_run_member r
                                           where r.business_id = $1 and r.payout_id = p.id and r.run_id = $3))
  and (cast($4 as text) is null or p.id = $5)
  and (cast($2 as text) is not null
       or not exists (select 1 from payout_run_member r
                      join payout_run u on u.business_id = $1 and u.id = r.run_id
                      where r.business_id = $1 and r.payout_id = p.id
                        and u.state not in ('approved', 'paid', 'cancelled')))
  and not exists (select 1 from payout_file_line l where l.business_id = $1 and l.payout_id = p.id and l.answered = $6)
order by p.number
limit $7
