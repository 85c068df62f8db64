## portal/leads.html

leads-people = People
leads-none = Nobody yet
leads-none-text = Everybody who signs up or buys after following one of your links stands here, with the way they came.
leads-channel = Campaign and channel
leads-since = since { $day }

## portal/leads.rs

list-all = All
leads-all-campaigns = All campaigns
leads-search = Search name or e-mail
leads-person = Person
leads-head-since = Since
leads-one = person
leads-noun = people
leads-from = from { $host }
leads-by = by { $via }
leads-left = left { $day }
leads-first-sale = first sale { $day }

## portal/commission_rows.html

head-date = Date
head-customer = Customer
head-sale = Sale

## portal/commissions.html

commissions-sum = All of this list:
commissions-note = Amounts are what was computed so far; returns and payment cycles can change what is paid.

## portal/commission.html

commission-rule = Rule:
commission-given-again = Given again by a dispute that was won, as
commission-share = a commission of { $amount }
commission-of = Commission of
commission-life = Life
commission-life-of = Life of the commission
commission-how = How it came about
commission-amounts = Amounts
commission-details = Details
commission-for = For
head-note = Note

## portal/commission.rs

commission-of-amount = of { $amount }
commission-correction = Correction
commission-below = Brought by an affiliate below you
money-owed = Owed
commissions-counted =
    { $n ->
        [one] { $n } commission
       *[other] { $n } commissions
    }
commissions-one = commission
commissions-noun = commissions

## shown/commission.rs

commission-clicks = Clicks
commission-clicks-of-link = Clicks of { $day } on link { $link }: { $n }
commission-clicks-of-day = Clicks of { $day }: { $n }
commission-by-hand = By hand
commission-level = level { $level }
commission-earned = Earned
commission-adjusted = Adjusted
commission-reversed = Reversed
commission-net = Net
commission-clawback = Of the reversal, carried as clawback

## timeline.rs

step-earned = Earned { $amount }
step-adjustment = { $amount } by hand
step-approved = Approved
step-rejected = Rejected
step-undone = Back to pending
step-adjusted = Adjusted by { $amount }
step-reversed = { $amount } reversed
step-restored = { $amount } restored
step-drafted = Put into a payout
step-payout-cancelled = Payout cancelled, approved again
step-payout-returned = Payout came back, approved again
step-paid = Paid { $amount }
step-referral = Referral approved
step-waits = It waits for a decision.
step-by-itself = By itself
step-by-hand = By hand
step-clears = { $how }, once the hold has passed: clears { $date }.
step-put = Put into a payout
step-with = With PO-{ $number }.
step-remark-clears = clears { $date }
step-remark-referral = referral to approve

## portal/payouts.html

ask-title = Ask for a payout
ask-text = You are paid when you ask for it.
ask-asked = You have asked; { $business } decides.
ask-may = Approved and in no payout yet.
ask-minimum = A payout can be asked for from { $minimum } on.
ask-nothing = Nothing to pay now.
ask-button = Ask for { $amount }
ask-take-back = Take back
payouts-period = Statement of a period
payouts-none = No payouts yet
payouts-none-text = Approved commissions are bundled into a payout. It appears here once it is on its way, with a statement to keep.
payouts-by = Paid by
payouts-reference = Reference

## portal/payout.html

payout-all = All payouts
payout-title = Statement { $number }
payout-from-to = { $business } to { $payee }, { $payeeemail }
payout-made = Made
payout-paid-on = Paid on
payout-not-yet = Not yet
payout-none-yet = None yet
payout-lines = What it pays for
head-amount = Amount
payout-carried = Carried forward from earlier refunds
payout-was-to-be-paid = Was to be paid
payout-was-paid = Was paid
payout-to-be-paid = To be paid
payout-note = Note:
payout-life-of = Life of the payout

## portal/payout.rs

list-any-status = Any status
payout-search = Search reference or number
payout-payout = Payout
payouts-one = payout
payouts-noun = payouts
payout-short = { $commissions } · paid { $date }
payout-since = { $amount } taken back since

## shown/payout.rs

method-bank-transfer = Bank transfer
method-paypal = PayPal
method-wise = Wise
method-stripe = Stripe
method-other = Other
payout-draft-text = Refunds still shrink it.
payout-cancelled-text = Its commissions are approved again.
payout-approved-text = From then on its amount stands.
payout-approved-to-pay = Approved, to be paid
payout-carry-text = Refunds are carried into the next payout.
payout-sending-text = The provider has been asked to pay it.
payout-unknown-text = The provider has not said whether it was paid.
payout-failed-text = It was not paid.
payout-returned-text = The money came back. Its commissions are approved again and go into the next payout.

## portal/statement.html

statement-signed = Signed file
statement-check = How to check the signed file
statement-check-text = It holds every entry of the period in all currencies, and proves without this site that none was changed:
statement-check-key = It holds every entry of the period in all currencies, signed so that any change shows. This is the key to check it with:
statement-title = Statement
statement-currency = Currency
statement-opening-on = Balance on { $openingday }
statement-closing-on = Balance at the end of { $closingday }
statement-more = Not all lines are shown
statement-more-text = The page shows the first 1,000 lines; the sums are of all. The CSV file has every line.
statement-lines = Lines of the statement
statement-what = What
statement-balance = Balance
statement-opening = Opening balance
statement-nothing = Nothing changed in this period.
statement-further = Further lines are in the CSV file.
statement-closing = Closing balance
statement-note = The balance is what was earned and not paid yet: what is owed, and what still waits for approval. Days are counted in { $zone }.

## portal/statement.rs

statement-taken-back = Rejected and refunded
statement-file-more = Only the first { $lines } lines are shown; the sums are of all. The CSV file has every line.
statement-paid-out = Paid out
statement-below = brought by an affiliate below you
journal-earn = Commission
journal-adjust = Adjustment
journal-reject = Commission rejected
journal-unreject = Rejection undone
journal-reverse = Refund
journal-restore = Dispute won
journal-dispute = Dispute
journal-pay = Payout
journal-approve = Approved
journal-unapprove = Approval undone
journal-draft = Payout drafted
journal-cancel-payout = Payout cancelled
journal-return-payout = Payout came back
statement-too-long = This period has more than 10,000 lines; an export holds no more. Take it in parts.

## shown/commission.rs: what went in; portal/payout.rs: asking

input-amount = Amount
input-tax = Tax in it
input-shipping = Shipping in it
input-products = Products
input-version = version { $version }
ask-done = You have asked for your payout
ask-taken-back-done = You have taken your request back
invoice-later = A statement is issued when the payout is paid
invoice-returned = This money came back on { $date }. What it paid is owed again and will stand on the statement of the next payout, so that this one does not count any more.
invoice-cancelled-by = The credit note { $number } cancels it.
credit-later = A credit note is issued when the money of a payout comes back
credit-link = Credit note { $number }
credit-title-self = Credit note
credit-title = Cancelled statement of payment
credit-cancels = Cancels { $number } of { $date }: the money came back.
credit-unread = The cancelled document could not be read any more when this one was written, so it is cancelled as a whole. Names and addresses are as they were known on that day.
credit-sum = Credited
credit-in-name = This credit note is written by { $issuer } in the name of the payee.

## invoice/body.html, shown/invoice.rs

invoice-title-self = Self-billing invoice
invoice-title = Statement of payment
invoice-paid-by = Paid by
invoice-paid-to = Paid to
invoice-paid-on = paid { $date }
invoice-vat = VAT id { $vat }
invoice-date = Date
invoice-for = For
invoice-amount = Amount
invoice-commissions = Commissions
invoice-carried = Carried forward from earlier refunds
invoice-paid = Paid
invoice-in-name = This invoice is written by { $issuer } in the name of the payee.
invoice-print = Print this page to keep it on paper, or take it as a PDF.

## pdf/layout.rs

pdf-page = Page { $page } of { $pages }
