insert into payout_file_content (business_id, file_id, sealed)
values ($1, $2, $3)
