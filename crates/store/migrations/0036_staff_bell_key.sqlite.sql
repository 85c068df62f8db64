-- What somebody has read belongs to their membership, which is the business's own, and not to the person, who may have
-- several. SQLite changes no key of a table that exists.
create table staff_bell_of_member (
    business_id {int} not null references business (id) on delete cascade,
    staff_id {id} not null,
    read_until_ms {int} not null,
    primary key (business_id, staff_id),
    foreign key (business_id, staff_id) references staff_member (business_id, staff_id) on delete cascade
) {options};
insert into staff_bell_of_member (business_id, staff_id, read_until_ms)
select b.business_id, b.staff_id, b.read_until_ms
from staff_bell b
join staff_member m on m.business_id = b.business_id and m.staff_id = b.staff_id;
drop table staff_bell;
alter table staff_bell_of_member rename to staff_bell;
