insert into event (business_id, id, kind, source, external_id, name, contact_id, amount, currency, tax, shipping, net, refunded, sale_id, reason,
       occurred_at_ms, recorded_at_ms, day, affiliate_id, campaign_id, partnership_id, link_id, click_id, via, referral_id,
       metadata, seen_twice)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
        $25, $26, $27)
