-- The key that makes a commission the only one of its event, rule, level and affiliate begins with the event, too.
drop index commission_event;
