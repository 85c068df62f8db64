//! Rules, commissions, payouts and proofs, over HTTP.

mod approval;
mod at_once;
mod back_test;
mod click_pay;
mod commission_page;
mod decision;
mod dispute;
mod exchange_rate;
mod journal;
mod month_close;
mod payout_file;
mod payout_method;
mod payout_race;
mod payout_run;
mod rule;
mod rule_editor;
mod rule_effect;
mod signed_statement;
