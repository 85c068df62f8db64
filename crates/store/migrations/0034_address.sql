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

-- Whose address a code is to change: the browser that asked may go on as another account meanwhile.
create table address_change (
    business_id {int} not null references business (id) on delete cascade,
    code_id {id} not null,
    account_id {id} not null,
    primary key (business_id, code_id),
    foreign key (business_id, code_id) references login_code (business_id, id) on delete cascade,
    foreign key (business_id, account_id) references account (business_id, id) on delete cascade
) {options};
create index address_change_account on address_change (business_id, account_id);
