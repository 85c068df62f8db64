insert into shared_address (business_id, email_folded)
select cast($1 as bigint), a.email_folded
from account a
where a.business_id = $1 and a.email_folded = $2
group by a.email_folded
having count(*) > 1
on conflict (business_id, email_folded) do nothing
