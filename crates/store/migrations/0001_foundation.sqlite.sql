-- The journal is append-only: the database itself refuses to change it.
create trigger journal_entry_no_update before update on journal_entry begin select raise(abort, 'the journal is append-only'); end;
create trigger journal_entry_no_delete before delete on journal_entry begin select raise(abort, 'the journal is append-only'); end;
create trigger journal_posting_no_update before update on journal_posting begin select raise(abort, 'the journal is append-only'); end;
create trigger journal_posting_no_delete before delete on journal_posting begin select raise(abort, 'the journal is append-only'); end;
create trigger audit_entry_no_update before update on audit_entry begin select raise(abort, 'the audit log is append-only'); end;
create trigger audit_entry_no_delete before delete on audit_entry begin select raise(abort, 'the audit log is append-only'); end;
