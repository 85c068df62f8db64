select legal_name, street, postcode, city, country, vat_id, prefix, self_billing, remark, last_number
from invoice_issuer
where business_id = $1
