-- A random number that changes with every new version of a rule: it tells whoever keeps the versions in memory whether there
-- are others by now. 0 until there is one.
alter table setting add column rules_mark {int} not null default 0;
