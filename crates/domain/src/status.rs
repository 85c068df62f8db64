//! The words for states and kinds. Each is stored and sent as its lower-case text.

/// A stored or received word that is not in the list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} '{text}'; one of: {expected}")]
pub struct UnknownWord {
    /// What the word should have named.
    pub what: &'static str,
    /// The text that came.
    pub text: String,
    /// The words that exist.
    pub expected: String,
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every value, in the order of its life or of choice.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stored and public word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl std::str::FromStr for $name {
            type Err = UnknownWord;
            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(UnknownWord {
                        what: $what,
                        text: text.chars().take(40).collect(),
                        expected: [$($word),*].join(", "),
                    }),
                }
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*

        /// Calls `$callback!` with every enum of words, for code that implements a trait for all of them.
        #[macro_export]
        macro_rules! for_each_word {
            ($callback:ident) => { $callback! { $($name),* } };
        }
    };
}

words! {
    /// An account of the ledger. All but `expense` belong to the affiliate; `clawback` is never above zero.
    Account, "account" {
        /// What the business has spent on commissions (negative: money out).
        Expense = "expense",
        /// Earned, not yet approved.
        Pending = "pending",
        /// Approved, waiting for a payout.
        Approved = "approved",
        /// In a payout that is not paid yet.
        InPayout = "in_payout",
        /// Paid out.
        Paid = "paid",
        /// Owed back after refunds of what was paid or is being paid.
        Clawback = "clawback",
    }
    /// What an account of the portal can use there.
    AccountApp, "app" {
        /// It is an affiliate.
        Affiliate = "affiliate",
        /// Nothing yet.
        None = "none",
    }
    /// How an account of the portal is used.
    AccountState, "account state" {
        /// Used within the last 30 days.
        Active = "active",
        /// Not used for longer.
        Quiet = "quiet",
        /// Never logged in.
        New = "new",
        /// Shut out by staff.
        Blocked = "blocked",
    }
    /// The life of an affiliate.
    AffiliateStatus, "affiliate status" {
        /// Applied, not decided.
        Pending = "pending",
        /// Takes part; links live.
        Approved = "approved",
        /// Stopped for now; reads only.
        Suspended = "suspended",
        /// Ended; statements only.
        Terminated = "terminated",
    }
    /// Which applications of the public form are approved without a person.
    ApplicationRule, "approval rule" {
        /// None.
        Off = "off",
        /// All.
        Everybody = "everybody",
        /// Those with an address of a listed domain.
        Domains = "domains",
        /// Those that answer every yes-no question with yes.
        AllYes = "all_yes",
    }
    /// How an affiliate sees the names of those it brought.
    TeamNames, "way of showing names" {
        /// As they are.
        Full = "full",
        /// The first name, and the first letter of the last.
        Short = "short",
        /// First letters only.
        Initials = "initials",
    }
    /// The life of an application.
    ApplicationState, "application state" {
        /// Nobody has decided.
        Pending = "pending",
        /// The affiliate takes part.
        Approved = "approved",
        /// Refused.
        Rejected = "rejected",
    }
    /// What a promotional asset is.
    AssetKind, "asset kind" {
        /// Text to paste.
        Copy = "copy",
        /// A picture for a page, with the link behind it.
        Banner = "banner",
        /// Anything else to hand out.
        File = "file",
    }
    /// What a rule's percent is taken of.
    Base, "base" {
        /// Amount less tax and shipping.
        Net = "net",
        /// The whole amount.
        Gross = "gross",
    }
    /// How far something that a provider told us by itself has come.
    CallbackState, "callback state" {
        /// Stored, not looked at.
        Received = "received",
        /// Looked at.
        Done = "done",
        /// Not from the provider.
        Refused = "refused",
    }
    /// The life of a commission.
    CommissionStatus, "commission status" {
        /// Earned, waits for its referral, hold or a person.
        Pending = "pending",
        /// Can be paid out.
        Approved = "approved",
        /// In a live payout.
        InPayout = "in_payout",
        /// Paid.
        Paid = "paid",
        /// Refused.
        Rejected = "rejected",
        /// Wholly taken back before it was paid.
        Reversed = "reversed",
    }
    /// A contact's place in the funnel.
    ContactStatus, "customer status" {
        /// Registered, has not bought.
        Lead = "lead",
        /// Has bought.
        Customer = "customer",
        /// Has left.
        Cancelled = "cancelled",
    }
    /// How an affiliate is paid for, as agreed (A03); a label beside the rules.
    DealType, "deal type" {
        /// A fixed sum a lead.
        Cpl = "cpl",
        /// A fixed sum a sale.
        Cpa = "cpa",
        /// A share of each sale.
        RevenueShare = "revenue_share",
        /// More than one of them.
        Hybrid = "hybrid",
    }
    /// How far a dispute (chargeback) has come.
    DisputeStatus, "dispute status" {
        /// The customer's bank has taken the money back for now.
        Opened = "opened",
        /// The business has it again.
        Won = "won",
        /// The money is gone.
        Lost = "lost",
    }
    /// The kinds of conversion events.
    EventKind, "event kind" {
        /// A registration or another first step.
        Lead = "lead",
        /// A sale with an amount.
        Sale = "sale",
        /// Money given back.
        Refund = "refund",
        /// A chargeback or its end.
        Dispute = "dispute",
        /// The customer has left.
        Cancel = "cancel",
    }
    /// What a code by mail is for.
    CodePurpose, "code purpose" {
        /// To log in.
        LogIn = "log_in",
        /// To set a new password.
        Reset = "reset",
        /// To make an account.
        SignUp = "sign_up",
        /// To show once more that it is still the same person.
        Prove = "prove",
        /// To log in with this address from now on.
        Address = "address",
        /// To log in by a link, which is opened in any browser.
        Link = "link",
    }
    /// How far an invitation has come.
    InvitationState, "invitation state" {
        /// Written, its mail waits.
        Queued = "queued",
        /// Its mail was handed over.
        Sent = "sent",
        /// Its page was opened.
        Opened = "opened",
        /// A password was set.
        Accepted = "accepted",
        /// Its mail came back.
        Bounced = "bounced",
        /// Its time has passed.
        Expired = "expired",
        /// Taken back.
        Revoked = "revoked",
    }
    /// What a journal entry records.
    JournalKind, "journal kind" {
        /// A commission was earned: expense → pending.
        Earn = "earn",
        /// The amount was corrected by a person: expense → pending or approved.
        Adjust = "adjust",
        /// pending → approved.
        Approve = "approve",
        /// approved → pending.
        Unapprove = "unapprove",
        /// pending → expense.
        Reject = "reject",
        /// expense → pending, after a rejection was undone.
        Unreject = "unreject",
        /// approved → in_payout, and in_payout → clawback for what is carried forward.
        Draft = "draft",
        /// The draft undone.
        CancelPayout = "cancel_payout",
        /// A payment that came back: the draft and the payment undone.
        ReturnPayout = "return_payout",
        /// in_payout → paid.
        Pay = "pay",
        /// Taken back after a refund: unpaid to expense; in payout or paid as clawback.
        Reverse = "reverse",
        /// A reversal undone (a dispute was won).
        Restore = "restore",
    }
    /// The state of a message.
    MailState, "mail state" {
        /// Waits to be sent.
        Queued = "queued",
        /// Handed to the mail server.
        Sent = "sent",
        /// Kept here, because no mail server is configured.
        Kept = "kept",
        /// Given up.
        Failed = "failed",
    }
    /// How a campaign picks among its own touchpoints.
    Model, "attribution model" {
        /// The latest click.
        LastClick = "last_click",
        /// The earliest click that still counts.
        FirstClick = "first_click",
    }
    /// What a mail that a person can do without is about.
    NoticeKind, "kind of notice" {
        /// A payout was made: approved, and on its way.
        PayoutMade = "payout_made",
        /// A payout was paid, or its money came back.
        PayoutPaid = "payout_paid",
        /// Another campaign to take part in.
        AddedToCampaign = "added_to_campaign",
        /// Staff has written in the portal.
        Message = "message",
    }
    /// Kinds of payment files.
    PayoutFileFormat, "format" {
        /// For PayPal's business pages.
        PayPal = "paypal",
        /// For Wise's batches.
        Wise = "wise",
        /// For a bank: pain.001.001.09.
        Sepa = "sepa",
        /// Of one's own.
        Plain = "csv",
    }
    /// How often a business pays its affiliates.
    PayoutFrequency, "payout frequency" {
        /// Every week.
        Weekly = "weekly",
        /// Every second week.
        Biweekly = "biweekly",
        /// Every month.
        Monthly = "monthly",
        /// Every three months.
        Quarterly = "quarterly",
        /// When a person decides to.
        OnRequest = "on_request",
    }
    /// How an affiliate wants to be paid.
    PayoutMethodKind, "payout method" {
        /// To a bank account.
        BankTransfer = "bank_transfer",
        /// To a PayPal account.
        PayPal = "paypal",
        /// To a Wise account.
        Wise = "wise",
        /// To a connected account at Stripe.
        Stripe = "stripe",
        /// As described in words.
        Other = "other",
    }
    /// Why an affiliate is not in a payout run by itself.
    PayoutObstacle, "obstacle" {
        /// The affiliate is not approved: pending, suspended or terminated.
        NotApproved = "not_approved",
        /// Earlier refunds are as much as what is due, or more.
        NothingLeft = "nothing_left",
        /// The payout method was changed lately.
        Held = "held",
        /// What would be paid is less than the minimum.
        BelowMinimum = "below_minimum",
        /// The affiliate has not said where the money goes.
        NoMethod = "no_method",
        /// It has chosen a method that the business or its group does not pay by.
        MethodNotAllowed = "method_not_allowed",
        /// No payday has come since the last payout, or nobody has asked.
        NotDue = "not_due",
    }
    /// What became of an affiliate's wish to be paid.
    PayoutRequestState, "state of a payout request" {
        /// Nobody has answered.
        Open = "open",
        /// A payout was made.
        Done = "done",
        /// Staff has turned it down.
        Declined = "declined",
        /// The affiliate has taken it back.
        Withdrawn = "withdrawn",
    }
    /// The life of a payout run.
    PayoutRunState, "state of a payout run" {
        /// Chosen, nothing made.
        Open = "open",
        /// Its payouts are being drafted.
        Drafting = "drafting",
        /// Drafted, to be looked at and submitted.
        Drafted = "drafted",
        /// Submitted: a second person has to approve it.
        Submitted = "submitted",
        /// Its payouts are being approved.
        Approving = "approving",
        /// Approved, to be paid.
        Approved = "approved",
        /// Its payouts are being handed to a provider.
        Sending = "sending",
        /// Its payouts are being marked paid.
        Paying = "paying",
        /// Paid.
        Paid = "paid",
        /// Its payouts are being cancelled.
        Cancelling = "cancelling",
        /// Taken back.
        Cancelled = "cancelled",
    }
    /// The life of a payout.
    PayoutStatus, "payout status" {
        /// Made, may still change.
        Draft = "draft",
        /// Approved, to be executed.
        Pending = "pending",
        /// Handed to a provider.
        Sending = "sending",
        /// Executed.
        Paid = "paid",
        /// Refused by the provider.
        Failed = "failed",
        /// The provider's answer is not known.
        Unknown = "unknown",
        /// Taken back; its commissions are approved again.
        Cancelled = "cancelled",
        /// Paid, and the money came back; its commissions are approved again.
        Returned = "returned",
    }
    /// A language that the portal and its mails speak.
    Language, "language" {
        /// English.
        English = "en",
        /// German.
        German = "de",
    }
    /// What a person can be asked for before the apps of a portal open; the name always is.
    ProfileField, "profile field" {
        /// A telephone number.
        Phone = "phone",
        /// The company they work for or are.
        Company = "company",
        /// The country they live or trade in.
        Country = "country",
        /// Street, city and postcode.
        Address = "address",
    }
    /// What an account is told of.
    NotificationKind, "kind of notification" {
        /// The affiliate takes part now.
        ApplicationApproved = "application_approved",
        /// The affiliate was not accepted.
        ApplicationRejected = "application_rejected",
        /// A commission can be paid out; the detail is its amount.
        CommissionApproved = "commission_approved",
        /// A payout was made and approved; the detail is its number and amount.
        PayoutMade = "payout_made",
        /// A payout was paid; the detail is its number and amount.
        PayoutPaid = "payout_paid",
        /// The money of a payout came back; the detail is its number and amount.
        PayoutReturned = "payout_returned",
        /// The affiliate is in another campaign; the detail is its name.
        AddedToCampaign = "added_to_campaign",
        /// Staff has written; the detail is who.
        Message = "message",
        /// The affiliate's status is another; the detail is its word.
        StatusChanged = "status_changed",
    }
    /// A service that executes payouts.
    ProviderKind, "payout provider" {
        /// PayPal Payouts.
        PayPal = "paypal",
        /// Stripe Connect transfers.
        Stripe = "stripe",
        /// Wise transfers.
        Wise = "wise",
    }
    /// How a question of the application form is answered.
    QuestionKind, "kind of question" {
        /// A line of text.
        ShortText = "short_text",
        /// Text with line breaks.
        LongText = "long_text",
        /// One of several answers.
        Choice = "choice",
        /// Yes or no.
        YesNo = "yes_no",
        /// A web address.
        Url = "url",
    }
    /// Who approves new referrals.
    ReferralApproval, "referral approval" {
        /// A person, after checks.
        Manual = "manual",
        /// The program, at once.
        Automatic = "auto",
    }
    /// The life of a referral.
    ReferralStatus, "referral status" {
        /// To be checked.
        Pending = "pending",
        /// Its commissions can be approved.
        Approved = "approved",
        /// Earns nothing.
        Rejected = "rejected",
    }
    /// What a member of staff may do.
    Role, "role" {
        /// Everything.
        Owner = "owner",
        /// Everything but the team's owners and the business itself.
        Admin = "admin",
        /// Reads the leads; nothing that is money, and changes nothing but their own account.
        Agent = "agent",
    }
    /// What an API key may do.
    Scope, "scope" {
        /// Read everything of the business.
        Read = "read",
        /// Record clicks, leads, sales, refunds, disputes and cancellations.
        Track = "track",
        /// Change affiliates, campaigns, rules, referrals, commissions.
        Manage = "manage",
        /// Make and mark payouts.
        Payout = "payout",
    }
    /// What to do when customer and affiliate look like one person.
    SelfReferralPolicy, "self-referral policy" {
        /// Credit it, but wait for a person.
        Hold = "hold",
        /// Credit the next candidate.
        Reject = "reject",
        /// Credit it.
        Allow = "allow",
    }
    /// Where the execution of a payout by a provider stands.
    TransferState, "transfer state" {
        /// Stored, handed over or on its way at the provider.
        Sending = "sending",
        /// Handed over; whether it was taken is not known.
        Unknown = "unknown",
        /// Executed.
        Paid = "paid",
        /// Refused or given back; no money has moved.
        Failed = "failed",
        /// Executed, and the money came back.
        Returned = "returned",
    }
    /// Which events a rule pays for.
    TriggerOn, "trigger" {
        /// A counted click.
        Click = "click",
        /// A lead event.
        Lead = "lead",
        /// A sale.
        Sale = "sale",
    }
    /// Why a touchpoint or hint won or lost.
    Verdict, "verdict" {
        /// It is credited.
        Won = "won",
        /// Its window had ended, or it came after the event.
        Expired = "expired",
        /// A later click won.
        LaterClickWon = "later_click_won",
        /// The campaign credits the first click, which was another.
        FirstClickWon = "first_click_won",
        /// A coupon or an explicit code won.
        CouponWon = "coupon_won",
        /// The customer already belongs to an affiliate.
        CustomerBound = "customer_bound",
        /// The campaign was not active.
        CampaignInactive = "campaign_inactive",
        /// The affiliate was not approved.
        AffiliateNotApproved = "affiliate_not_approved",
        /// The partnership was not active.
        PartnershipInactive = "partnership_inactive",
        /// Customer and affiliate look like one person.
        SelfReferral = "self_referral",
        /// A bot or prefetch made the click.
        BotClick = "bot_click",
        /// No such link, coupon, click or visitor.
        UnknownCode = "unknown_code",
    }
    /// How the winner was found.
    Via, "way" {
        /// The customer belongs to the affiliate.
        Binding = "binding",
        /// A coupon was used.
        Coupon = "coupon",
        /// The code was given.
        Code = "code",
        /// A click.
        Click = "click",
        /// A member of staff credited it by hand.
        Manual = "manual",
    }
}
