update payout_file_line set answered = $3
where business_id = $1 and file_id = $2 and answered = $4
