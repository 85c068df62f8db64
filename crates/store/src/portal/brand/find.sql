select
    b.portal_name,
    b.show_name,
    b.colour,
    b.css_hash,
    b.logo_hash,
    l.ending as logo_ending,
    l.width as logo_width,
    l.height as logo_height,
    b.favicon_hash,
    f.ending as favicon_ending,
    b.footer,
    b.terms_url,
    b.privacy_url,
    b.credit,
    s.support_email
from setting s
left join brand b on b.business_id = $1
left join brand_file l on l.business_id = $1 and l.hash = b.logo_hash
left join brand_file f on f.business_id = $1 and f.hash = b.favicon_hash
where s.business_id = $1
