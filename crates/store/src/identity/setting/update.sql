update setting
set
    publishable_key = $2,
    referral_approval = $3,
    default_affiliate_status = $4,
    default_cookie_days = $5,
    default_model = $6,
    link_parameter = $7,
    coupons_beat_links = $8,
    bind_customers = $9,
    self_referral = $10,
    truth_source = $11,
    payout_frequency = $12,
    payout_method = $13,
    notify_affiliate_approved = $14,
    notify_payout = $15,
    mask_customer_emails = $16,
    support_email = $17,
    allow_duplicate_contact = $18,
    sign_up_open = $19,
    checklist_dismissed = $20,
    settings_reviewed_at_ms = $21,
    updated_at_ms = $22
where business_id = $1
