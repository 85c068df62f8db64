-- How the processes on one database hear of each other's changes: each notes what was changed through it, the others read
-- what they have not read yet. The head's row is held until the notes of its number are committed, so numbers become
-- visible in their order.
create table change_head (
    id {int} not null primary key check (id = 1),
    number {int} not null
) {options};
insert into change_head (id, number) values (1, 0);

create table change_note (
    number {int} not null,
    business_id {int} not null,
    nth {int} not null,
    node {id} not null,
    affiliate_id {id},
    clicks {bool} not null,
    primary key (number, business_id, nth)
) {options};
