insert into setting (
    business_id,
    publishable_key,
    referral_approval,
    default_affiliate_status,
    default_cookie_days,
    default_model,
    link_parameter,
    coupons_beat_links,
    bind_customers,
    self_referral,
    truth_source,
    payout_frequency,
    payout_method,
    notify_affiliate_approved,
    notify_payout,
    mask_customer_emails,
    support_email,
    checklist_dismissed,
    settings_reviewed_at_ms,
    updated_at_ms
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
