-- The journal is append-only: the database itself refuses to change it.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name;
end $$;
create trigger journal_entry_append_only before update or delete on journal_entry for each row execute function refuse_change();
create trigger journal_posting_append_only before update or delete on journal_posting for each row execute function refuse_change();
create trigger audit_entry_append_only before update or delete on audit_entry for each row execute function refuse_change();
create trigger journal_entry_no_truncate before truncate on journal_entry execute function refuse_change();
create trigger journal_posting_no_truncate before truncate on journal_posting execute function refuse_change();
create trigger audit_entry_no_truncate before truncate on audit_entry execute function refuse_change();
