## portal/account/profile.html

profile-language = Language
profile-language-browser = As your browser asks
profile-language-hint = Pages and mails are in it.

## portal/account/mod.rs

account-profile = Profile
account-security = Security
account-notifications = Notifications
account-payout-method = Payout method

## portal/account/tabs.html

account-back = Back to the portal

## portal/account/profile.html

profile-first = One thing before you go on
profile-first-text = { $business } asks everybody for these details once. You can change them here whenever you like.
profile-you = You
profile-email-hint = You log in with it. It cannot be changed here.
profile-phone = Phone
profile-company = Company
profile-address = Address
profile-street = Street and number
profile-postcode = Postcode
profile-city = City
profile-country = Country
profile-preferences = Preferences
profile-zone = Time zone
profile-zone-hint = Times in this portal are shown in it. Days of reports are those of the business.

## portal/account/profile.rs

profile-choose-country = Choose a country
profile-not-told = Not told
profile-zone-of = As { $business } ({ $zone })
profile-saved = Profile saved

## portal/account/security.html

security-address = Log-in address
security-address-change = Change
security-note = Changing it logs all other devices out
security-present = Present password
security-present-hint = May stay empty: you showed a moment ago that it is you.
security-forgotten = Forgotten?
security-by-code = Show by a mailed code that it is you
security-then = , then set a new one.
security-length = At least 8 characters.
security-change = Change the password
security-two-step = Two-step log-in
security-on = On
security-off = Off
security-two-step-text = A code of an authenticator app beside your password or a mailed code.
security-where = Where you are logged in
security-others = Log out everywhere else
security-this = This one
security-last-used = Last used
security-since = since { $since } · at { $host }

## portal/account/security.rs

security-manage = Manage
security-set-up = Set it up
security-changed = Your password is changed; your other sessions have ended
security-ended = That session has ended
security-none-ended = There was no other session
security-others-ended =
    { $n ->
        [one] One other session has ended
       *[other] { $n } other sessions have ended
    }

## shown/browser.rs

browser-on = { $name } on { $system }
browser-unknown = Unknown browser

## portal/account/prove.html

prove-intro = What comes next concerns your money or the safety of your account. Your password or a code by mail opens it for 15 minutes.
prove-hint = Eight digits, as in 1234-5678. It was mailed to { $email }.
prove-spam = Nothing there after a minute? Look into the spam folder.
prove-use-password = Use the password
prove-back = Back to your account

## portal/account/prove.rs

prove-title = Is it you?
prove-not-here = This code cannot be used here. Ask for a new one.

## portal/account/two_step.rs

two-step-off-done = Two-step log-in is off

## shown/two_step.rs

two-step-five = There were five wrong codes. Wait a quarter of an hour, then try again.

## two_step/body.html

two-step-codes = Your recovery codes
two-step-codes-text = Each of them logs you in once, when your phone is not at hand. Print them or write them down now: only their fingerprints are stored, so they cannot be shown again.
two-step-kept = I have kept them
two-step-connect = Connect your authenticator app
two-step-qr = QR code for the authenticator app
two-step-scan = Open your authenticator app and scan the picture. On this phone,
two-step-open = open the app with it
two-step-secret = Or type the secret:
two-step-enter = Enter the six digits that the app shows.
two-step-six = Six digits.
two-step-turn-on = Turn it on
two-step-do-not = Do not set it up
two-step-asked = After your password or a mailed code, a code of your authenticator app is asked for.
two-step-left =
    { $n ->
        [one] { $n } recovery code is left.
       *[other] { $n } recovery codes are left.
    }
two-step-new-codes = New recovery codes
two-step-turn-off = Turn it off
two-step-off-title = Turn two-step log-in off?
two-step-off-text = Your password or a mailed code alone then opens your account. The recovery codes end.
two-step-off-about = Ask for a code of an authenticator app on your phone as well, so that a password alone opens nothing.

## portal/account/notices.html

notices-to = Mail to { $email }
notices-always = Log-in codes and whatever concerns the safety of your account is always sent.

## portal/account/notice.rs

notices-made = A payout was made
notices-made-hint = With its amount, before it is paid.
notices-paid = A payout was paid
notices-paid-hint = With its amount, day and reference. Also when its money came back.
notices-message = A message was written to you
notices-message-hint = The first that you have not read; the others wait in the portal.
notices-campaign = You are part of another campaign
notices-campaign-hint = With your link and what the campaign asks for.
notices-saved = Notifications saved

## portal/unsubscribe.html

unsubscribe-done = <b>{ $email }</b> gets no more mail of the kind “{ $what }”.
unsubscribe-goes = Mail of the kind “{ $what }” goes to <b>{ $email }</b>.
unsubscribe-choose = Choose which mail you get
unsubscribe-act = Stop these mails

## portal/unsubscribe.rs

unsubscribe-done-title = You get no more of these
unsubscribe-title = Stop these mails?

## portal/account/payout_method.html

payout-method-waits = Payouts wait until { $helduntil }
payout-method-waits-text = Where your money goes was changed, so the next payout waits. If it was not you who changed it, set a new password and write to { $business } at once.
payout-method-set-on = Set
payout-method-change = Change
payout-method-none = No payout method yet
payout-method-none-text = Say where your commissions are to be paid. It is kept encrypted, and only who pays you can read it.
payout-method-set = Set the payout method
payout-method-none-ended = No payout method
payout-method-none-ended-text = None was set while you took part. Write to the business to be paid what is owed.
payout-method-before = Before
payout-method-set-day = Set { $full }
payout-method-again = To change it you show once more that it is you.
payout-method-hold =
    { $n ->
        [one] Payouts then wait { $n } day, and a mail tells you of the change.
       *[other] Payouts then wait { $n } days, and a mail tells you of the change.
    }
payout-method-mail = A mail tells you of the change.

## portal/account/payout_method_form.html

payout-method-how = How you want to be paid
payout-method-holder = Account holder
payout-method-holder-hint = As the bank knows you.
payout-method-paypal = PayPal address
payout-method-paypal-hint = The e-mail address of your PayPal account.
payout-method-wise = Wise address
payout-method-wise-hint = The e-mail address of your Wise account.
payout-method-stripe = Stripe account
payout-method-stripe-hint = The id of your account that is connected to ours. It begins with acct_.
payout-method-other = How to pay you
payout-method-legal-name = Legal name
payout-method-legal-name-hint = Of you or your company, for statements.
payout-method-vat = VAT id
payout-method-sealed = Kept encrypted
payout-method-sealed-text = Only who pays you at { $business } can read it.
payout-method-next-waits =
    { $n ->
        [one] The next payout waits { $n } day after the change, so that nobody else can have your money.
       *[other] The next payout waits { $n } days after the change, so that nobody else can have your money.
    }
payout-method-save = Save the payout method

## portal/account/payout_method.rs

payout-method-kind-bank = To an account with an IBAN
payout-method-kind-paypal = To your PayPal address
payout-method-kind-wise = To your Wise address
payout-method-kind-stripe = To your connected account
payout-method-kind-other = Described in your words
payout-method-choose = Nothing was saved: choose how you want to be paid.
payout-method-saved = Payout method saved; a mail tells you of it

## passkey/button.html, passkey/list.html

passkey-failed = The passkey was not used, or it took too long. Try again, or go on in another way.
passkey-title = Passkeys
passkey-intro = Log in with a fingerprint, your face or a PIN instead of the password
passkey-none = None yet. A passkey stays on your device or in your password manager, works at this address only, and also counts as the second step. Password and mailed codes go on beside it.
passkey-for-added = For { $host } · added { $added }
passkey-last-used = last used
passkey-not-used = not used yet
passkey-rename = Rename
passkey-remove = Remove
passkey-rename-title = Rename this passkey
passkey-save = Save
passkey-name = Name
passkey-remove-title = Remove this passkey?
passkey-remove-it = Remove it
passkey-remove-text = “{ $name }” opens nothing here any more. Your other ways to log in stay. Remove it from your device as well.
passkey-full = There is no room for another. Remove one that you do not use any more first.
passkey-add = Add a passkey
passkey-asked-first = You are asked first whether it is you.
passkey-not-made = No passkey was made, or it took too long. Try again.
passkey-known = This device has a passkey of yours already.
passkey-new-name = Name of the new passkey
passkey-no-scripts = Adding a passkey needs JavaScript.

## portal/account/address.html

address-title = Log-in address
address-intro = You log in with <b>{ $email }</b> now. The new address gets a code first, so that you cannot lock yourself out; the old one is told. Your other devices are logged out then, and payouts that wait after a change go on waiting.
address-code = Code
address-code-hint = Eight digits, as in 1234-5678. If { $email } can be used here, a code is on its way there.
address-change = Change the address
address-nothing = Nothing there after a minute? Look into the spam folder, or
address-another = use another address
address-new = New address
address-mail-code = Mail a code there
address-wait = A code was asked for just now, or too many of late. Ask again in { $wait }.
address-changed = You log in with the new address from now on; your other sessions have ended
address-unusable = This code cannot be used here. Ask for a new one.

## shown/passkey.rs, portal/account/passkey.rs

passkey-at-address = Passkeys do not work here: this page is open at an IP address, and a passkey is bound to a host name.
passkey-insecure = Passkeys do not work here: this page came without https.
passkey-added = The passkey is added
passkey-renamed = The passkey has a new name
passkey-removed = The passkey is removed
