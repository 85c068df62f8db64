-- How many paid payouts a result file said had come back.
alter table payout_result add column returned {int} not null default 0;
