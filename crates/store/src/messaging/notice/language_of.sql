select p.language
from account a
join account_profile p on p.business_id = $1 and p.account_id = a.id
where a.business_id = $1 and a.email_folded = $2 and p.language is not null
order by p.updated_at_ms desc, a.id
limit 1
