-- Codes by mail, with which a person proves that a mailbox is theirs. An address that nobody has gets a
-- row like any other, so that asking tells nothing. The code itself is only in the mail.
create table login_code (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    purpose {text} not null,
    email {text} not null,
    email_folded {text} not null,
    flow_hash {bytes} not null,
    code_mac {bytes},
    tries {int} not null,
    tries_since_ms {int} not null,
    ip_prefix {text},
    created_at_ms {int} not null,
    expires_at_ms {int} not null,
    proven_at_ms {int},
    used_at_ms {int},
    primary key (business_id, id)
) {options};
create index login_code_email on login_code (business_id, email_folded, id);
create index login_code_ip on login_code (business_id, ip_prefix, created_at_ms);
create index login_code_age on login_code (business_id, created_at_ms);
