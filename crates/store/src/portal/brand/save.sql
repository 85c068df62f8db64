insert into brand (
    business_id,
    portal_name,
    show_name,
    colour,
    css_hash,
    logo_hash,
    favicon_hash,
    footer,
    terms_url,
    privacy_url,
    credit,
    updated_at_ms
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (business_id) do update
set
    portal_name = excluded.portal_name,
    show_name = excluded.show_name,
    colour = excluded.colour,
    css_hash = excluded.css_hash,
    logo_hash = excluded.logo_hash,
    favicon_hash = excluded.favicon_hash,
    footer = excluded.footer,
    terms_url = excluded.terms_url,
    privacy_url = excluded.privacy_url,
    credit = excluded.credit,
    updated_at_ms = excluded.updated_at_ms
