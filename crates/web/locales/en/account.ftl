## portal/account/profile.html

profile-language = Language
profile-language-browser = As your browser asks
profile-language-hint = Pages and mails are in it.
