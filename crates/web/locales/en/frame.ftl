## layout/head.html, tail.html

frame-skip = Skip to content
frame-demo = Demo
frame-demo-text = This is a demo with made-up people and figures.
frame-undo = Undo
frame-close = Close
frame-copied = Copied
frame-press-copy = Press Ctrl+C

## layout/portal_top.html

frame-live = Live
frame-notifications = Notifications
frame-bell-many = Notifications, 9+ unread
frame-bell = Notifications, { $unread } unread
frame-read-all = Mark all as read
frame-nothing = Nothing to tell yet.
frame-all-notifications = All notifications
frame-apps = Apps
frame-account = Account:
frame-log-out = Log out
frame-unread = unread
frame-inside = You see the portal as { $name } sees it, and change nothing.

## layout/brand_footer.html

frame-credit = Portal by Tributary
frame-contact = Contact
frame-terms = Terms
frame-privacy = Privacy

## layout/theme_toggle.html

frame-language = Language
frame-theme = Theme
frame-theme-system = Theme: system. Change
frame-theme-light = Theme: light. Change
frame-theme-dark = Theme: dark. Change

## ui/shell.rs

menu-dashboard = Dashboard
menu-links = Links
menu-leads = Leads & customers
menu-commissions = Commissions
menu-assets = Assets
menu-payouts = Payouts
menu-messages = Messages

## portal/viewer.rs

frame-switch-account = Switch account
frame-your-account = Your account
frame-write = Write to { $business }
frame-app-affiliate-about = Links, leads, commissions and payouts
frame-app-home-about = Everything you have here
frame-leave = Leave the view of { $name }
frame-app-affiliate = Affiliate
frame-app-home = Home
frame-no-app-title = You do not have this app
frame-no-app = This page is part of the app Affiliate, which your account does not have. It appears on your home page as soon as you have it.

## portal/session.rs

frame-profile-first = Nothing was saved: complete your profile first, then do it again.
frame-logged-out = You are logged out.

## portal/choice.rs

choice-no-apps = No apps yet
choice-since = { $apps } · since { $since }
