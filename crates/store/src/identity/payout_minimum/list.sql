select currency, amount from payout_minimum where business_id = $1 order by currency
