select phone, company, country, street, city, postcode, timezone, language, told
from account_profile
where business_id = $1 and account_id = $2
