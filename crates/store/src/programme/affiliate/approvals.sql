-- By quarters of an hour, of which every zone's days consist.
select approved_at_ms / 900000 as quarter, cast(count(*) as bigint) as affiliates
from affiliate
where business_id = $1 and status = 'approved' and approved_at_ms >= $2
group by quarter
order by quarter
