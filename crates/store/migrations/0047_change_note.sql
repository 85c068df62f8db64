-- How the processes on one database hear of each other's changes: each notes what was changed through it, the others read
-- what they have not read yet. A head says how far its process has come; only that process moves it, so none waits for
-- another one.
create table change_head (
    node {id} not null primary key,
    number {int} not null
) {options};

create table change_note (
    node {id} not null,
    number {int} not null,
    business_id {int} not null,
    nth {int} not null,
    affiliate_id {id},
    clicks {bool} not null,
    primary key (node, number, business_id, nth)
) {options};
