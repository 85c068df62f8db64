select hash, ending, content, width, height from brand_file where business_id = $1 and hash = $2
