## portal/home.html

home-welcome = Welcome, { $firstname }
home-intro = Everything you do with { $business } is in one place.
home-apps = Your apps
home-no-apps = No apps yet
home-no-apps-text = An app appears here as soon as { $business } gives you access to it. The first is Affiliate, with your links, leads, commissions and payouts: you have it once you take part in a campaign.
home-become = Become an affiliate
home-become-text = Recommend { $business } and earn a commission for the customers you bring.
home-apply = Apply
home-time = Your time with { $business }
home-questions-to = Questions? Write to { $business }:
home-questions = Questions? Answer any mail you got from { $business }.

## portal/home.rs

home-joined = You joined { $business }
home-applied = You applied to be an affiliate
home-approved = You became an affiliate
home-campaign-joined = You joined the campaign { $name }
home-campaign-left = You left the campaign { $name }
home-first-lead = Your first lead
home-first-sale = Your first sale
home-paid = PO-{ $number } paid: { $amount }

## portal/dashboard.html

dashboard-all-time = Of all time
dashboard-your-links = Your links
links-all = All links
links-none = No links yet
links-none-text = Your link appears here as soon as you are part of a campaign.
link-qr-of = QR code: { $name }
link-off = Link that does not work now:
figure-clicks = Clicks
figure-conversions = Conversions
figure-earned = Earned
dashboard-performance = Performance over time
dashboard-latest = Latest commissions
commissions-all = All commissions
commissions-none = No commissions yet
commissions-none-text = When somebody whom you brought buys, the commission appears here by itself.
dashboard-note = Figures are what was computed so far; returns and payment cycles can change what is paid.

## portal/dashboard.rs

application-title = Your application
application-website = Website or profile
application-audience = About your audience
application-sent = Sent on { $day }
dashboard-morning = Good morning, { $name }
dashboard-afternoon = Good afternoon, { $name }
dashboard-evening = Good evening, { $name }
dashboard-nothing-earned = Nothing earned yet this month. Share a link to begin.
dashboard-news = You have earned { $amount } this month.
dashboard-and = and { $others }
dashboard-owed = Owed to you
dashboard-more-pending = { $amount } more pending
dashboard-paid = Paid to date
dashboard-paid-sub = All payouts so far
figure-leads = Leads
dashboard-leads-sub = signed up by your links
dashboard-customers = Customers
dashboard-customers-sub = with a sale that stands
dashboard-cancelled = Cancelled customers
dashboard-cancelled-sub = have left since
dashboard-revenue-sub = sales less refunds
dashboard-pending = Pending
dashboard-pending-sub = waits for approval
dashboard-link-for = Link for { $campaign }

## shown/link.rs

link-live = Live
link-campaign-inactive = Campaign inactive
link-campaign-not-begun = Campaign not begun
link-campaign-over = Campaign over
link-not-approved = Affiliate not approved
link-switched-off = Switched off
link-state-off = Link off

## portal/links.html

team-new = New affiliates
team-title = Your team
team-link = Link for new affiliates
team-link-text = Who applies by it and is approved stands below you, and you earn by what they bring where the terms say so.
links-title = Links
links-intro = All links of all campaigns you are in, and what each brought.
links-new = New link
links-link = Link
links-status = Status
figure-sales = Sales
links-off = Does not work now:
links-leads-to = leads to { $page }
links-copy = Copy: { $link }, { $campaign }
links-elsewhere = Without a link
links-elsewhere-text = Coupons, bonuses, and what affiliates below you brought
links-elsewhere-short = Without a link: coupons, bonuses, and what affiliates below you brought
links-total = All together
links-note = Who came by two links is counted at each, and once in all together. Figures are what was computed so far; returns and payment cycles can change what is paid.

## portal/link.html

link-made = { $campaign } · made { $made }
link-pause = Pause
link-resume = Resume
link-leads-to = Leads to
link-page-off = The page of this link is off
link-page-off-text = The campaign does not allow links to { $page } any more, so clicks go to its start page.
link-build = An address for one place
link-build-text = Sub-ids tell you later which place a lead came from; a page takes people straight to it. The link stays the same.
link-build-page = Page to lead to
link-build-page-hint = On { $hosts }. Left empty, it leads where the link does.
link-utm = UTM parameters
link-build-act = Build the address
link-build-over = Start over
link-build-result = Address for one place
link-settings = Settings of the link
link-label = Label
link-page = Page
link-page-hint = On { $hosts }. Left empty, it leads to the campaign's start page.
form-save = Save
link-qr = QR code
link-qr-link = Of the link itself. Build an address to get the code of that one.
link-qr-built = Of the address you built.
link-qr-png = PNG { $side } pixels
link-qr-hint = SVG for print at any size, PNG for screens and documents.
link-qr-too-long = This address is too long for a QR code.
link-qr-none = There is no code while the link does not work.

## portal/link_new.html

link-new-none = No campaign to link to
link-new-none-text = Links are made in campaigns that run. None of yours does at the moment.
links-see = See your links
link-new-campaign = Campaign
link-new-page-hint = Paste the address of the page the link is to lead to. Left empty, it leads where your main link does.
link-new-code = Code
link-new-code-hint = The end of the link: 2 to 64 letters, digits, - _ or a point. Left empty, it is made from your name. It cannot be changed later.
link-new-act = Make the link
link-new-where = Where links may lead
link-new-note = A link of its own tells you what a newsletter, a video or a page brings. For many small places take one link and put sub-ids on it.

## portal/link.rs

link-main = Main link
link-sub-id = Sub-id { $number }
said-link-no-code = This link does not work at the moment, so there is no code of it.
link-too-long-title = Too long for a QR code
link-too-long = The address with its page and sub-ids does not fit into a code. Shorten it, or make a link that leads to the page.
link-suspended = Your participation is suspended, so nothing can be changed. Your links and their figures stay here to read.
link-new-label-hint = What you call it, such as “Newsletter”. Up to { $most } characters; only you and { $business } see it.
link-ready = The link is ready to share.
link-choose-campaign = Choose one of your campaigns
link-saved = The link is saved.
link-resumed = { $name } leads on again.
link-paused = { $name } is paused: it leads nowhere, and its figures stay.

## portal/assets.html

assets-title = Assets
assets-intro = Copy, banners and files to promote with. Your link is in them already.
assets-none = No assets yet
assets-none-text = What { $business } gives you to promote with, such as banners and texts, appears here.
assets-link-of = The link in the assets of { $campaign }
assets-use = Use this link
assets-off = Your link in this campaign does not work at the moment, so there is nothing to copy.
assets-html-of = HTML of { $title }
assets-copy-html = Copy the HTML
assets-picture-of = Picture of { $title }
assets-picture = Picture
assets-download-of = Download { $title }
assets-download = Download

## shown/asset.rs

asset-bytes = { $n } bytes

## portal/team.html, portal/team.rs

team-back = All links
team-heading = Team
team-intro = Affiliates who came by you, and what you earned by what they bring.
team-your-link = Your link for new affiliates
team-below = Who applies by it and is approved stands below you.
team-nobody = Nobody yet
team-nobody-text = Whoever applies by your link appears here once they have sent the form.
team-affiliate = Affiliate
team-level = Level
team-since = Since
team-earned = Earned by you
team-level-since = { $level }, since { $since }
team-direct = Brought by you
team-levels-below = { $level } levels below
apply-brought = You come by an affiliate of { $business }, who stands above you when you are approved.
