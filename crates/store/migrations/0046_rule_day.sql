-- The first day whose clicks are under a version, of versions for clicks and of those that take the place of one. Clicks
-- carry the day that was written when they came, so what pays for them stays what it is when the business moves to
-- another time zone.
alter table rule add column effective_day {int};

-- So far such a version begins at a midnight of the business's zone: the day whose midnight in UTC is nearest, or with an
-- offset that may be above twelve hours the one before. Names of zones are stored as they were written.
update rule
set effective_day = (
    effective_from_ms + 3600000 * (
        select case
            when lower(b.timezone) in (
                'antarctica/mcmurdo', 'antarctica/south_pole', 'etc/gmt-13', 'etc/gmt-14', 'nz', 'nz-chat', 'pacific/apia',
                'pacific/auckland', 'pacific/chatham', 'pacific/enderbury', 'pacific/fakaofo', 'pacific/fiji', 'pacific/kanton',
                'pacific/kiritimati', 'pacific/tongatapu'
            ) then 14
            when lower(b.timezone) = 'etc/gmt+12' then 11
            else 12
        end
        from business b
        where b.id = rule.business_id
    )
) / 86400000
where trigger_on = 'click'
    or exists (
        select 1
        from rule p
        where p.business_id = rule.business_id and p.id = rule.id and p.version = rule.version - 1 and p.trigger_on = 'click'
    );

-- The proof looks for the commissions of the same clicks.
create index click_commission_settled on click_commission (business_id, day, link_id, number);
