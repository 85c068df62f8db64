select campaign_id, currency, cast(sum(amount + adjusted - reversed) as bigint) as amount
from commission
where business_id = $1 and campaign_id is not null and status not in ('rejected', 'reversed')
group by campaign_id, currency
order by campaign_id, currency
