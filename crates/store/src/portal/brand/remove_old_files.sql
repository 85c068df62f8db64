delete from brand_file
where business_id = $1
    and hash not in (select hash from brand_file where business_id = $1 order by stored_at_ms desc, hash limit $2)
    and hash not in (select coalesce(css_hash, '') from brand where business_id = $1)
    and hash not in (select coalesce(logo_hash, '') from brand where business_id = $1)
    and hash not in (select coalesce(favicon_hash, '') from brand where business_id = $1)
