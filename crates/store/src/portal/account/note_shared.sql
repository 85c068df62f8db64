insert into shared_address (business_id, email_folded)
select a.business_id, a.email_folded
from account a
where a.business_id = $1 and a.email_folded = $2
group by a.business_id, a.email_folded
having count(*) > 1
on conflict (business_id, email_folded) do nothing
