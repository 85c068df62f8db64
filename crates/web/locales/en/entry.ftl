## portal/account_choices.html

choice-account = Account

## portal/accounts.html

accounts-for = For { $email }. All other devices are logged out.
accounts-several = { $email } has several accounts here. You can switch later without logging out.
accounts-new-password = New password
entry-password-hint = At least 8 characters. A few words in a row are easy to remember and hard to guess.
accounts-set = Set the password and log in
entry-log-in = Log in

## portal/log_in.html

log-in-intro = Everything you do with { $business } in one place.
entry-email = E-mail
entry-password = Password
entry-or = or
log-in-code = Mail me a code instead
log-in-link = E-mail me a link
log-in-forgot = Forgot your password?
log-in-invited = No account yet? { $business } sends you an invitation.
log-in-new = New here?
log-in-sign-up = Create an account
log-in-apply = Become an affiliate

## portal/log_in.rs

log-in-title = Log in to { $business }
accounts-which = Which account?
log-in-wait =
    { $seconds ->
        [one] There were failed tries just now. Wait { $seconds } second, then try again; your account is not locked.
       *[other] There were failed tries just now. Wait { $seconds } seconds, then try again; your account is not locked.
    }

## portal/code.html

code-mail-sign-up = A mail to <b>{ $email }</b> is on its way. The code in it proves that the address is yours, and is good for 15 minutes.
code-mail-link = If <b>{ $email }</b> has an account here, a link is on its way. It is good for 15 minutes and works once, in any browser.
code-mail-code = If <b>{ $email }</b> has an account here, a code is on its way. It is good for 15 minutes.
code-keep-link = Nothing there after a minute? Look into the spam folder. Keep your log-in safe: pass the link on to nobody.
code-label = Code
code-hint = Eight digits, as in 1234-5678.
entry-continue = Continue
code-keep-code = Nothing there after a minute? Look into the spam folder. Keep your log-in safe: nobody from { $business } asks you for this code.
code-void = This code is void by now. Ask for a new one.
code-another-link = Mail me another link
code-another = Mail me another code
code-other-address = Another address?
code-other-hint = Your name and password are kept. The earlier code ends.
code-mail-there = Mail the code there
entry-have-account = Have an account already?
code-wrong-address = Wrong address?
code-start-again = Start again

## portal/code.rs

forgot-title = Set a new password
code-title-link = Look into your mailbox
code-title = Enter your code
code-too-soon = A code was asked for just now, or too many of late. Ask again in { $wait }.
code-a-second = a second
code-seconds = { $n } seconds
code-minutes = { $n } minutes

## portal/forgot.html

forgot-intro = Enter your address. You get a code by mail, and set a new password with it.
forgot-mail = Mail me a code
entry-back = Back to the log-in

## portal/sign_up.html

sign-up-intro = One account for everything you do with { $business }.
sign-up-closed = { $business } makes accounts by invitation only. If you expect one, ask them to invite you.
entry-name = Full name
sign-up-email-hint = You get a code there, and log in with it.
sign-up-create = Create the account
sign-up-safe = The code comes within a minute; if not, look into the spam folder. Keep your log-in safe: use a password that you use nowhere else, and tell it to nobody.

## portal/sign_up.rs

sign-up-title = Create your account
sign-up-title-closed = Sign-up is closed

## portal/login_link.html, portal/login_link_void.html

login-link-intro = This link was mailed to <b>{ $email }</b> and opens this account:
login-link-not-yours = Not yours, or you did not ask for it? Close this page: nothing has happened.

## portal/login_link.rs

login-link-void = This link does not work any more

## portal/switch.html

switch-intro = The accounts of { $email } at { $business }. Each has its own apps and figures.
switch-in-use = In use
switch-act = Switch
switch-to = to { $name }
switch-more = This address has more accounts, with other passwords. A code from the mailbox opens all of them.

## two_step/ask.html

second-step-intro = Enter the six digits that your authenticator app shows now.
second-step-hint = Phone not at hand? Enter one of your recovery codes, such as k3f7q-2mxab.
second-step-not-you = Not you?
second-step-somebody-else = Log in as somebody else

## portal/second_step.rs

second-step-title = One more step

## portal/find.html

find-intro = Each business has a portal of its own. Its short name is in every mail you get from it.
find-portal = Portal
find-hint = Such as northwind, the word behind /portal/ in the address.
find-run = You run a program here?
find-admin = Log in to the admin

## portal/find.rs

find-title = Find your portal
find-unknown = There is no portal of this name. It is the word behind /portal/ in the mails you got.

## portal/invitation.html

invitation-intro-campaign = { $business } invites you to the campaign <b>{ $campaign }</b>.
invitation-intro = { $business } invites you to its affiliate portal.
invitation-set = Set a password to see your link, your clicks, your commissions and your payouts.
invitation-waits = Your link, your clicks, your commissions and your payouts wait for you there.
invitation-logged-in = You are logged in as <b>{ $name }</b> ({ $email }).
invitation-accept-this = Accept with this account
invitation-there-is = There is an account with { $email } already. Log in with it, by its password or a code, and you come back here.
invitation-log-in-accept = Log in and accept
invitation-others = There is an account with { $email } already, and it is another affiliate's; an account is one affiliate. Ask { $business } to invite you under another address.
invitation-or-new = or make a new account
invitation-email-hint = You log in with it. The invitation was made for this address.
invitation-name = Your name
invitation-accept-new = Accept with a new account
invitation-accept = Accept the invitation

## portal/invitation.rs

invitation-title = Welcome to { $business }
invitation-used-title = This invitation was used already
invitation-used = A password was set with it. Log in with the address the invitation came to.
invitation-revoked-title = This invitation was taken back
invitation-revoked = Its link does not work any more. If you got a newer mail from { $business }, use that one; otherwise ask them.
invitation-expired-title = This invitation has run out
invitation-expired = Its link worked for 14 days. Ask { $business } to send it again; the link you have then works anew.
invitation-have-title = You have an account already
invitation-have = Log in with the password you have set.
invitation-attached = You are an affiliate of { $business } now.

## error.html

error-home = To your home page
error-dashboard = To the dashboard
error-request = Status { $status } · request

## error.rs

error-not-found-title = Page not found
error-not-found = There is nothing at this address. It may have been removed, or the link is mistyped.
error-method-title = This does not work here
error-method = The address exists but cannot be used in this way. Go back and try again from the page.
error-bad-title = The request was not understood
error-forbidden-title = Not allowed
error-internal = An error on our side kept this from working, and nothing was changed. It has been logged; please try again.
error-internal-title = Something went wrong
error-gone-title = Not found
error-gone = There is no such { $noun } here. It may have been removed, or the link is mistyped.
error-fields-title = Some fields need attention
error-fields = Nothing was saved. Go back and correct these fields.
error-conflict-title = This cannot be done now
error-log-in-title = Log in first
error-too-many-title = Too many attempts
error-too-many =
    { $seconds ->
        [one] Wait { $seconds } second, then try again.
       *[other] Wait { $seconds } seconds, then try again.
    }
error-unavailable-title = Not available right now
error-unavailable = The database cannot serve at the moment. Nothing was changed; please try again shortly.

## form/mod.rs

error-stale = This form is out of date: you logged in anew since it was opened. Nothing was saved. Go back, reload the page and send it again.
error-too-large-title = Too much at once
error-too-large = The form is larger than 256 KiB. Nothing was saved; shorten its texts.
error-not-whole = The form did not arrive whole. Nothing was saved; send it again.

## portal/log_in.rs, portal/second_step.rs, portal/account/prove.rs: passkeys

passkey-log-in = Log in with a passkey
passkey-instead = Use a passkey instead
passkey-use = Use a passkey
