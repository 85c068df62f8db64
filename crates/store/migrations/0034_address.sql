-- Addresses that have, or once had, more than one account. Where there are any, a log-in compares as many passwords for every address,
-- so that the time does not tell which these are.
create table shared_address (
    business_id {int} not null references business (id) on delete cascade,
    email_folded {text} not null,
    primary key (business_id, email_folded)
) {options};
insert into shared_address (business_id, email_folded)
select business_id, email_folded
from account
group by business_id, email_folded
having count(*) > 1;
