delete from campaign_host
where business_id = $1 and campaign_id = $2
