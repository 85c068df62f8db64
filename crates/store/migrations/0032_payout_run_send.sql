-- By which provider a run is being sent, or was last; `again`: those that had failed.
create table payout_run_send (
    business_id {int} not null,
    run_id {id} not null,
    provider {text} not null,
    again {bool} not null,
    began_name {text} not null,
    began_at_ms {int} not null,
    primary key (business_id, run_id),
    foreign key (business_id, run_id) references payout_run (business_id, id) on delete cascade
) {options};
