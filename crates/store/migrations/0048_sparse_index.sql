-- These columns are empty where a sale is recorded: it is of no sale, its commission in no payout yet, and its customer often
-- without an address. Rows are found by what is there, so a sale is spared entries that nobody looks for.
drop index contact_email;
create index contact_email on contact (business_id, email_folded) where email_folded is not null;
drop index event_sale;
create index event_sale on event (business_id, sale_id) where sale_id is not null;
drop index commission_payout;
create index commission_payout on commission (business_id, payout_id) where payout_id is not null;
