update payout_file_line set answered = $3
where business_id = $1 and payout_id = $2
