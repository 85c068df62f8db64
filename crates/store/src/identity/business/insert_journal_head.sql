insert into journal_head (business_id, seq, hash, payout_number) values ($1, 0, $2, $3)
