-- Clicks come in the order of their ids. A table with row ids takes such rows by filling one page after
-- the other; one without splits a page in two each time and rewrites its neighbours.
create table click_appended (
    business_id {int} not null,
    id {id} not null,
    link_id {id} not null,
    partnership_id {id} not null,
    affiliate_id {id} not null,
    campaign_id {id} not null,
    visitor_id {id} not null,
    clicked_at_ms {int} not null,
    expires_at_ms {int} not null,
    day {int} not null,
    counted {bool} not null,
    uncounted_reason {text},
    url {text},
    referrer {text},
    ip_prefix {text},
    user_agent {text},
    sub_ids {text},
    primary key (business_id, id)
) strict;
insert into click_appended
select business_id, id, link_id, partnership_id, affiliate_id, campaign_id, visitor_id, clicked_at_ms, expires_at_ms,
       day, counted, uncounted_reason, url, referrer, ip_prefix, user_agent, sub_ids
from click order by business_id, id;
drop table click;
alter table click_appended rename to click;
create index click_visitor on click (business_id, visitor_id, id);
