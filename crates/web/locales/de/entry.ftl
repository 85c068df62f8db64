## portal/account_choices.html

choice-account = Konto

## portal/accounts.html

accounts-for = Für { $email }. Alle anderen Geräte werden abgemeldet.
accounts-several = { $email } hat hier mehrere Konten. Sie können später wechseln, ohne sich abzumelden.
accounts-new-password = Neues Passwort
entry-password-hint = Mindestens 8 Zeichen. Einige Wörter hintereinander sind leicht zu merken und schwer zu erraten.
accounts-set = Passwort festlegen und anmelden
entry-log-in = Anmelden

## portal/log_in.html

log-in-intro = Alles, was Sie mit { $business } verbindet, an einem Ort.
entry-email = E-Mail
entry-password = Passwort
entry-or = oder
log-in-code = Stattdessen Code per E-Mail senden
log-in-link = Link per E-Mail senden
log-in-forgot = Passwort vergessen?
log-in-invited = Noch kein Konto? { $business } schickt Ihnen eine Einladung.
log-in-new = Neu hier?
log-in-sign-up = Konto erstellen
log-in-apply = Partner werden

## portal/log_in.rs

log-in-title = Bei { $business } anmelden
accounts-which = Welches Konto?
log-in-wait =
    { $seconds ->
        [one] Gerade gab es fehlgeschlagene Versuche. Warten Sie { $seconds } Sekunde und versuchen Sie es dann noch einmal; Ihr Konto ist nicht gesperrt.
       *[other] Gerade gab es fehlgeschlagene Versuche. Warten Sie { $seconds } Sekunden und versuchen Sie es dann noch einmal; Ihr Konto ist nicht gesperrt.
    }

## portal/code.html

code-mail-sign-up = Eine E-Mail an <b>{ $email }</b> ist unterwegs. Der Code darin zeigt, dass die Adresse Ihnen gehört, und gilt 15 Minuten.
code-mail-link = Wenn <b>{ $email }</b> hier ein Konto hat, ist ein Link unterwegs. Er gilt 15 Minuten und funktioniert einmal, in jedem Browser.
code-mail-code = Wenn <b>{ $email }</b> hier ein Konto hat, ist ein Code unterwegs. Er gilt 15 Minuten.
code-keep-link = Nach einer Minute noch nichts da? Sehen Sie im Spam-Ordner nach. Schützen Sie Ihren Zugang: Geben Sie den Link an niemanden weiter.
code-label = Code
code-hint = Acht Ziffern, wie in 1234-5678.
entry-continue = Weiter
code-keep-code = Nach einer Minute noch nichts da? Sehen Sie im Spam-Ordner nach. Schützen Sie Ihren Zugang: Niemand von { $business } fragt Sie nach diesem Code.
code-void = Dieser Code gilt nicht mehr. Fordern Sie einen neuen an.
code-another-link = Neuen Link per E-Mail senden
code-another = Neuen Code per E-Mail senden
code-other-address = Andere Adresse?
code-other-hint = Ihr Name und Ihr Passwort bleiben erhalten. Der frühere Code gilt dann nicht mehr.
code-mail-there = Code dorthin senden
entry-have-account = Haben Sie schon ein Konto?
code-wrong-address = Falsche Adresse?
code-start-again = Neu beginnen

## portal/code.rs

forgot-title = Neues Passwort festlegen
code-title-link = Sehen Sie in Ihr Postfach
code-title = Code eingeben
code-too-soon = Gerade wurde ein Code angefordert, oder es waren zuletzt zu viele. Fordern Sie in { $wait } einen neuen an.
code-a-second = einer Sekunde
code-seconds = { $n } Sekunden
code-minutes = { $n } Minuten

## portal/forgot.html

forgot-intro = Geben Sie Ihre Adresse ein. Sie bekommen einen Code per E-Mail und legen damit ein neues Passwort fest.
forgot-mail = Code per E-Mail senden
entry-back = Zurück zur Anmeldung

## portal/sign_up.html

sign-up-intro = Ein Konto für alles, was Sie mit { $business } verbindet.
sign-up-closed = { $business } vergibt Konten nur auf Einladung. Wenn Sie eine erwarten, bitten Sie darum, eingeladen zu werden.
entry-name = Vor- und Nachname
sign-up-email-hint = Dorthin kommt ein Code, und damit melden Sie sich an.
sign-up-create = Konto erstellen
sign-up-safe = Der Code kommt innerhalb einer Minute; wenn nicht, sehen Sie im Spam-Ordner nach. Schützen Sie Ihren Zugang: Verwenden Sie ein Passwort, das Sie sonst nirgends verwenden, und sagen Sie es niemandem.

## portal/sign_up.rs

sign-up-title = Ihr Konto erstellen
sign-up-title-closed = Registrierung geschlossen

## portal/login_link.html, portal/login_link_void.html

login-link-intro = Dieser Link ging per E-Mail an <b>{ $email }</b> und öffnet dieses Konto:
login-link-not-yours = Nicht Ihr Konto, oder nicht von Ihnen angefordert? Schließen Sie diese Seite: Es ist nichts passiert.

## portal/login_link.rs

login-link-void = Dieser Link funktioniert nicht mehr

## portal/switch.html

switch-intro = Die Konten von { $email } bei { $business }. Jedes hat eigene Apps und Zahlen.
switch-in-use = In Verwendung
switch-act = Wechseln
switch-to = zu { $name }
switch-more = Diese Adresse hat weitere Konten mit anderen Passwörtern. Ein Code aus dem Postfach öffnet sie alle.

## two_step/ask.html

second-step-intro = Geben Sie die sechs Ziffern ein, die Ihre Authenticator-App jetzt zeigt.
second-step-hint = Telefon nicht zur Hand? Geben Sie einen Ihrer Wiederherstellungscodes ein, etwa k3f7q-2mxab.
second-step-not-you = Nicht Sie?
second-step-somebody-else = Als jemand anderes anmelden

## portal/second_step.rs

second-step-title = Noch ein Schritt

## portal/find.html

find-intro = Jedes Unternehmen hat ein eigenes Portal. Dessen Kurzname steht in jeder E-Mail, die Sie von dort bekommen.
find-portal = Portal
find-hint = Etwa northwind, das Wort hinter /portal/ in der Adresse.
find-run = Sie betreiben hier ein Partnerprogramm?
find-admin = Bei der Verwaltung anmelden

## portal/find.rs

find-title = Ihr Portal finden
find-unknown = Ein Portal mit diesem Namen gibt es nicht. Es ist das Wort hinter /portal/ in den E-Mails, die Sie bekommen haben.

## portal/invitation.html

invitation-intro-campaign = { $business } lädt Sie zur Kampagne <b>{ $campaign }</b> ein.
invitation-intro = { $business } lädt Sie in sein Partnerportal ein.
invitation-set = Legen Sie ein Passwort fest und sehen Sie Ihren Link, Ihre Klicks, Ihre Provisionen und Ihre Auszahlungen.
invitation-waits = Ihr Link, Ihre Klicks, Ihre Provisionen und Ihre Auszahlungen warten dort auf Sie.
invitation-logged-in = Sie sind angemeldet als <b>{ $name }</b> ({ $email }).
invitation-accept-this = Mit diesem Konto annehmen
invitation-there-is = Für { $email } gibt es schon ein Konto. Melden Sie sich damit an, mit dem Passwort oder einem Code; danach kommen Sie hierher zurück.
invitation-log-in-accept = Anmelden und annehmen
invitation-others = Für { $email } gibt es schon ein Konto, und es gehört einem anderen Partner; ein Konto ist ein Partner. Bitten Sie { $business }, Sie unter einer anderen Adresse einzuladen.
invitation-or-new = oder ein neues Konto erstellen
invitation-email-hint = Damit melden Sie sich an. Die Einladung gilt für diese Adresse.
invitation-name = Ihr Name
invitation-accept-new = Mit einem neuen Konto annehmen
invitation-accept = Einladung annehmen

## portal/invitation.rs

invitation-title = Willkommen bei { $business }
invitation-used-title = Diese Einladung wurde schon verwendet
invitation-used = Damit wurde ein Passwort festgelegt. Melden Sie sich mit der Adresse an, an die die Einladung ging.
invitation-revoked-title = Diese Einladung wurde zurückgezogen
invitation-revoked = Ihr Link funktioniert nicht mehr. Wenn Sie von { $business } eine neuere E-Mail bekommen haben, verwenden Sie diese; sonst fragen Sie dort nach.
invitation-expired-title = Diese Einladung ist abgelaufen
invitation-expired = Der Link galt 14 Tage. Bitten Sie { $business }, die Einladung noch einmal zu senden; dann gilt Ihr Link wieder.
invitation-have-title = Sie haben schon ein Konto
invitation-have = Melden Sie sich mit dem Passwort an, das Sie festgelegt haben.
invitation-attached = Sie sind jetzt Partner von { $business }.

## error.html

error-home = Zu Ihrer Startseite
error-dashboard = Zur Übersicht
error-request = Status { $status } · Anfrage

## error.rs

error-not-found-title = Seite nicht gefunden
error-not-found = Unter dieser Adresse gibt es nichts. Vielleicht wurde es entfernt, oder der Link ist falsch geschrieben.
error-method-title = Das geht hier nicht
error-method = Die Adresse gibt es, aber sie lässt sich so nicht verwenden. Gehen Sie zurück und versuchen Sie es von der Seite aus noch einmal.
error-bad-title = Die Anfrage wurde nicht verstanden
error-forbidden-title = Nicht erlaubt
error-internal = Ein Fehler auf unserer Seite hat das verhindert, und es wurde nichts geändert. Der Fehler wurde festgehalten; bitte versuchen Sie es noch einmal.
error-internal-title = Etwas ist schiefgegangen
error-gone-title = Nicht gefunden
error-gone = Das gibt es hier nicht. Vielleicht wurde es entfernt, oder der Link ist falsch geschrieben.
error-fields-title = Einige Felder brauchen Ihre Aufmerksamkeit
error-fields = Es wurde nichts gespeichert. Gehen Sie zurück und korrigieren Sie diese Felder.
error-conflict-title = Das geht jetzt nicht
error-log-in-title = Melden Sie sich zuerst an
error-too-many-title = Zu viele Versuche
error-too-many =
    { $seconds ->
        [one] Warten Sie { $seconds } Sekunde und versuchen Sie es dann noch einmal.
       *[other] Warten Sie { $seconds } Sekunden und versuchen Sie es dann noch einmal.
    }
error-unavailable-title = Zurzeit nicht erreichbar
error-unavailable = Die Datenbank ist im Moment nicht erreichbar. Es wurde nichts geändert; bitte versuchen Sie es gleich noch einmal.

## form/mod.rs

error-stale = Dieses Formular ist veraltet: Sie haben sich neu angemeldet, seit es geöffnet wurde. Es wurde nichts gespeichert. Gehen Sie zurück, laden Sie die Seite neu und senden Sie es noch einmal.
error-too-large-title = Zu viel auf einmal
error-too-large = Das Formular ist größer als 256 KiB. Es wurde nichts gespeichert; kürzen Sie die Texte.
error-not-whole = Das Formular ist nicht vollständig angekommen. Es wurde nichts gespeichert; senden Sie es noch einmal.

## portal/log_in.rs, portal/second_step.rs, portal/account/prove.rs: passkeys

passkey-log-in = Mit einem Passkey anmelden
passkey-instead = Stattdessen einen Passkey verwenden
passkey-use = Einen Passkey verwenden
