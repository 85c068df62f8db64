select state, count(*) as mails
from mail
where business_id = $1
group by state
