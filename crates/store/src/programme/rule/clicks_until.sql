-- The last day with clicks, up to $3, and the last day at which a version of the rule begins.
select max(days.day) as value
from (select max(d.day) + 1 as day
      from click_day d
      where d.business_id = $1 and d.day <= $3
      union all
      select max(r.effective_day) as day
      from rule r
      where r.business_id = $1 and r.id = $2) as days
