-- Forms of applicants that could not be taken on, sealed as they were sent, until staff has them tried again or removes them.
create table stuck_application (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    sealed {text} not null,
    error {text} not null,
    failed_at_ms {int} not null,
    primary key (business_id, id)
) {options};
create index stuck_application_failed on stuck_application (business_id, failed_at_ms);
