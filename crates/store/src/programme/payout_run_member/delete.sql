delete from payout_run_member
where business_id = $1 and run_id = $2
