-- Transfers that were paid before they were watched say that they are due, hours after they were paid at the latest. They are looked
-- at one week, one month and two months after they were made, as far as that is to come by the last that happened to any transfer,
-- and not all at once; older ones not at all.
update transfer
set next_at_ms = case
        when created_at_ms + 604800000 > (select max(updated_at_ms) from transfer) then created_at_ms + 604800000
        when created_at_ms + 2592000000 > (select max(updated_at_ms) from transfer) then created_at_ms + 2592000000
        when created_at_ms + 5184000000 > (select max(updated_at_ms) from transfer) then created_at_ms + 5184000000
        else 9223372036854775807
    end
where state = 'paid' and next_at_ms <= updated_at_ms + 21600000;
