select f.id, f.run_id, r.number as run_number, f.format, f.name, f.payments, f.currency, f.amount, f.sha256, f.made_by, f.created_at_ms,
       (select count(*) from payout_file_line l where l.business_id = $1 and l.file_id = f.id and l.answered = $4) as open
from payout_file f
left join payout_run r on r.business_id = $1 and r.id = f.run_id
where f.business_id = $1 and (cast($2 as text) is null or f.run_id = $3)
order by f.id desc
limit $5
