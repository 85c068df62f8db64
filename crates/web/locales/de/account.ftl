## portal/account/profile.html

profile-language = Sprache
profile-language-browser = Wie Ihr Browser es wünscht
profile-language-hint = Seiten und E-Mails erscheinen in dieser Sprache.
