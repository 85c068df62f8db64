update event set refunded = refunded + $3
where business_id = $1 and id = $2 and refunded + $3 >= 0 and refunded + $3 <= amount
