-- The first day whose clicks are under a version, of versions for clicks and of those that take the place of one. Clicks
-- carry the day that was written when they came, so what pays for them stays what it is when the business moves to
-- another time zone.
alter table rule add column effective_day {int};

-- So far such a version begins at a midnight of the business's zone: the day whose midnight in UTC is nearest, or with an
-- offset that may be above twelve hours the one before.
update rule
set effective_day = (
    effective_from_ms + 3600000 * (
        select case when b.timezone in (
            'Antarctica/McMurdo', 'Antarctica/South_Pole', 'Etc/GMT-13', 'Etc/GMT-14', 'NZ', 'NZ-CHAT', 'Pacific/Apia',
            'Pacific/Auckland', 'Pacific/Chatham', 'Pacific/Enderbury', 'Pacific/Fakaofo', 'Pacific/Fiji', 'Pacific/Kanton',
            'Pacific/Kiritimati', 'Pacific/Tongatapu'
        ) then 14 else 12 end
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
