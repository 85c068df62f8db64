## portal/messages.html

messages-intro = You and { $business }. A mail tells you of an answer.
messages-yours = Your message
messages-hint = Plain text, up to 5,000 characters. Web addresses become links.
messages-send = Send
messages-conversation = Conversation
messages-none = Nothing was written yet
messages-none-text = Questions about your links, a campaign or a payout: what you write here goes to { $business }, and the answer appears by itself.

## portal/message.rs

messages-closed = Your participation has ended. The conversation stays here to read.
messages-sent = Your message was sent.
messages-too-many =
    { $minutes ->
        [one] You have written { $most } messages within an hour. Your text is kept here; send it in { $minutes } minute.
       *[other] You have written { $most } messages within an hour. Your text is kept here; send it in { $minutes } minutes.
    }

## portal/notifications.html

notifications-none = Nothing to tell yet
notifications-none-text = Approvals, payouts, new campaigns and answers to your messages will be here.
notifications-kept = Notifications are kept for half a year.

## portal/notification.rs

notifications-approved = You are approved as an affiliate. Your links work from now on.
notifications-rejected = Your application was not accepted.
notifications-commission = A commission of { $amount } was approved.
notifications-made = A payout was made for you: { $detail }. It will be paid next.
notifications-paid = Paid to you: { $detail }.
notifications-returned = The money of a payout came back: { $detail }. It is owed to you again.
notifications-campaign = You take part in the campaign “{ $name }”.
notifications-message = { $name } has written to you.
notifications-status = Your participation is { $status } now.
notifications-one = notification
notifications-noun = notifications
notifications-all-read = All notifications are read.

## portal/application.html

application-rejected = Your application was not accepted
application-rejected-text = { $business } has looked at it and does not accept it at this time.
application-reason = The reason
application-thanks = Thank you, { $first }
application-waits = Nothing more is needed from you. This page shows your links and figures as soon as { $business } has decided.
application-sent-what = What you sent

## portal/apply.html

apply-intro = Recommend { $business } and earn a commission for the customers you bring.
apply-fax = Fax, leave this empty
apply-with-account = You apply with your account { $who }
apply-email-hint = The answer goes there.
apply-audience-hint = Who listens to you, and how you would recommend us.
apply-agree = I have read and accept the
apply-terms = terms for affiliates
apply-send = Send the application

## portal/apply_sent.html

apply-on-its-way = Your application is on its way to { $business }.
apply-hear = You hear by mail how it goes on. If no mail comes within a few minutes, look into the spam folder.
apply-log-in = To the log-in

## portal/apply.rs

apply-yes = Yes
apply-no = No
apply-choose = Choose an answer
apply-already = You are an affiliate already.
apply-title = Become an affiliate of { $business }
apply-too-many = Too many forms were sent within an hour. What you typed is kept; send it again later.
apply-unknown-field = The form has a field that is not one of this page. Nothing was sent; reload the page.
apply-thanks = Thank you
