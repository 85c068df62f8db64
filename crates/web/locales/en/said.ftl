# Sentences that use cases refuse with. The English text is how a sentence is found: it stands here as the
# use case writes it, after form/mod.rs has put "This" before "is required".

said-required = This is required
said-control-characters = This must not contain control characters
said-at-least = This needs at least { $n } characters
said-more-than = This has more than { $n } characters
said-email = This is not an e-mail address
said-web-address = This must be a web address such as https://example.com/start
said-log-in = The e-mail address or the password is not right.

## form/mod.rs

said-code-first = Enter the code first, or ask for a new one.
said-password-again = Enter your password once more.
said-sign-up-first = Fill in the sign-up form.
said-nothing-waits = Nothing waits to be confirmed.
said-not-app-code = That is not the code, or it was used before. Wait for the next one of your app.
said-not-code = That is not the code. Look at the latest mail, and enter its eight digits.
said-quick = That was very quick. Look once more whether all is right, then send it again.
said-open-too-long = The page was open for too long. What you typed is kept; send it again.
said-changed-just-now = The account or the affiliate has changed just now. Reload the page.
said-account-there = There is an account already. Log in with it.
said-account-accept = There is an account with this address already. Log in with it to accept.
said-account-address = There is an account with this address already. Log in with it.
said-accounts-most = This address has as many accounts as it may have. Log in to one of them.
said-code-void = This code is void: it is too old, was used, or there were too many wrong ones. Ask for a new one.
said-link-void = This link is void: it is older than 15 minutes, was used, or a newer mail came after it.
said-invitation-out = This invitation has run out. Ask for a new one.
said-invitation-other = This invitation is for another account: one of its own address that is no affiliate yet.
said-invitation-back = This invitation was taken back.
said-invitation-used = This invitation was used already. Log in with the password that was set.
said-first-link = This is the link that came with the campaign. It stays on as long as you take part.
said-two-step-off = Two-step log-in is off.
said-two-step-on = Two-step log-in is on already.
said-no-changes = Your participation does not allow changes now. Write to us to change where payouts go to.
said-links-most = This has 50 links of yours already, as many as there can be; use sub-ids on one of them
said-bic = This has 8 or 11 characters, such as COBADEFF
said-agree = This is needed to take part
said-not-campaign = This is none of your campaigns
said-not-country = This is not a country of the list
said-not-language = This is not a language of the list
said-not-zone = This is not a time zone of the list
said-not-password = This is not your password
said-common-password = This is one of the passwords that everybody tries; choose a less common one
said-present-password = This is the present password
said-taken = This is taken; choose another
said-link-code = This must be 2 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit
said-phone = This must be a telephone number such as +49 30 1234567
said-answer = This must be one of the answers
said-page-own = This stays the campaign's own for this link; make another link for a page
said-nothing-changed = Nothing can be changed here at the moment.
said-look-only = You only look at this page.
said-affiliates-only = This page is for affiliates.
said-ended-read = Your participation has ended, so this conversation can only be read
said-looked-at = Your application is being looked at. You get a mail with your links as soon as it is approved.
said-suspended = Your participation is suspended: your links are off and nothing can be changed. Your figures stay here to read.
said-ended = Your participation has ended. Your statements stay here to read.
said-export-large = This list has { $total } rows; an export holds { $most }. Narrow it with the filters and export it in parts.

## shown/invoice.rs: the lines, as they were issued

said-line-below = { $what }, by an affiliate below
said-line-adjustment-of = { $campaign }: Adjustment
said-line-adjustment = Adjustment
said-line-all = All lines of { $number }
said-unreadable = { $number } cannot be read: it was sealed under another secret key of this installation
