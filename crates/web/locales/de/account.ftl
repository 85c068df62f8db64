## portal/account/profile.html

profile-language = Sprache
profile-language-browser = Wie Ihr Browser es wünscht
profile-language-hint = Seiten und E-Mails erscheinen in dieser Sprache.

## portal/account/mod.rs

account-profile = Profil
account-security = Sicherheit
account-notifications = Benachrichtigungen
account-payout-method = Auszahlungsweg

## portal/account/tabs.html

account-back = Zurück zum Portal

## portal/account/profile.html

profile-first = Noch etwas, bevor es weitergeht
profile-first-text = { $business } fragt alle einmal nach diesen Angaben. Sie können sie hier jederzeit ändern.
profile-you = Sie
profile-email-hint = Damit melden Sie sich an. Sie lässt sich hier nicht ändern.
profile-phone = Telefon
profile-company = Firma
profile-address = Anschrift
profile-street = Straße und Hausnummer
profile-postcode = Postleitzahl
profile-city = Ort
profile-country = Land
profile-preferences = Einstellungen
profile-zone = Zeitzone
profile-zone-hint = Zeiten in diesem Portal erscheinen in dieser Zone. Die Tage der Auswertungen sind die des Unternehmens.

## portal/account/profile.rs

profile-choose-country = Land wählen
profile-not-told = Keine Angabe
profile-zone-of = Wie { $business } ({ $zone })
profile-saved = Profil gespeichert

## portal/account/security.html

security-address = Anmeldeadresse
security-address-change = Ändern
security-note = Eine Änderung meldet alle anderen Geräte ab
security-present = Jetziges Passwort
security-present-hint = Darf leer bleiben: Sie haben gerade gezeigt, dass Sie es sind.
security-forgotten = Vergessen?
security-by-code = Zeigen Sie mit einem Code per E-Mail, dass Sie es sind
security-then = , und legen Sie dann ein neues fest.
security-length = Mindestens 8 Zeichen.
security-change = Passwort ändern
security-two-step = Anmeldung in zwei Schritten
security-on = Ein
security-off = Aus
security-two-step-text = Ein Code einer Authenticator-App zusätzlich zu Ihrem Passwort oder einem Code per E-Mail.
security-where = Wo Sie angemeldet sind
security-others = Überall sonst abmelden
security-this = Dieses Gerät
security-last-used = Zuletzt verwendet
security-since = seit { $since } · bei { $host }

## portal/account/security.rs

security-manage = Verwalten
security-set-up = Einrichten
security-changed = Ihr Passwort ist geändert; Ihre anderen Sitzungen sind beendet
security-ended = Diese Sitzung ist beendet
security-none-ended = Es gab keine andere Sitzung
security-others-ended =
    { $n ->
        [one] Eine andere Sitzung ist beendet
       *[other] { $n } andere Sitzungen sind beendet
    }

## shown/browser.rs

browser-on = { $name } unter { $system }
browser-unknown = Unbekannter Browser

## portal/account/prove.html

prove-intro = Was nun kommt, betrifft Ihr Geld oder die Sicherheit Ihres Kontos. Ihr Passwort oder ein Code per E-Mail öffnet es für 15 Minuten.
prove-hint = Acht Ziffern, wie in 1234-5678. Er ging per E-Mail an { $email }.
prove-spam = Nach einer Minute noch nichts da? Sehen Sie im Spam-Ordner nach.
prove-use-password = Passwort verwenden
prove-back = Zurück zu Ihrem Konto

## portal/account/prove.rs

prove-title = Sind Sie es?
prove-not-here = Dieser Code lässt sich hier nicht verwenden. Fordern Sie einen neuen an.

## portal/account/two_step.rs

two-step-off-done = Die Anmeldung in zwei Schritten ist aus

## shown/two_step.rs

two-step-five = Es gab fünf falsche Codes. Warten Sie eine Viertelstunde und versuchen Sie es dann noch einmal.

## two_step/body.html

two-step-codes = Ihre Wiederherstellungscodes
two-step-codes-text = Jeder von ihnen meldet Sie einmal an, wenn Ihr Telefon nicht zur Hand ist. Drucken Sie sie oder schreiben Sie sie jetzt auf: Gespeichert werden nur ihre Fingerabdrücke, sie lassen sich also nicht noch einmal zeigen.
two-step-kept = Ich habe sie aufbewahrt
two-step-connect = Verbinden Sie Ihre Authenticator-App
two-step-qr = QR-Code für die Authenticator-App
two-step-scan = Öffnen Sie Ihre Authenticator-App und scannen Sie das Bild. Auf diesem Telefon:
two-step-open = die App damit öffnen
two-step-secret = Oder geben Sie den Schlüssel ein:
two-step-enter = Geben Sie die sechs Ziffern ein, die die App zeigt.
two-step-six = Sechs Ziffern.
two-step-turn-on = Einschalten
two-step-do-not = Nicht einrichten
two-step-asked = Nach Ihrem Passwort oder einem Code per E-Mail wird ein Code Ihrer Authenticator-App verlangt.
two-step-left =
    { $n ->
        [one] { $n } Wiederherstellungscode ist übrig.
       *[other] { $n } Wiederherstellungscodes sind übrig.
    }
two-step-new-codes = Neue Wiederherstellungscodes
two-step-turn-off = Ausschalten
two-step-off-title = Anmeldung in zwei Schritten ausschalten?
two-step-off-text = Ihr Passwort oder ein Code per E-Mail öffnet dann allein Ihr Konto. Die Wiederherstellungscodes gelten nicht mehr.
two-step-off-about = Zusätzlich einen Code einer Authenticator-App auf Ihrem Telefon verlangen, damit ein Passwort allein nichts öffnet.

## portal/account/notices.html

notices-to = E-Mails an { $email }
notices-always = Anmeldecodes und alles, was die Sicherheit Ihres Kontos betrifft, wird immer gesendet.

## portal/account/notice.rs

notices-made = Eine Auszahlung wurde erstellt
notices-made-hint = Mit Betrag, bevor sie bezahlt ist.
notices-paid = Eine Auszahlung ist erfolgt
notices-paid-hint = Mit Betrag, Tag und Referenz. Auch wenn das Geld zurückkam.
notices-message = Sie haben eine Nachricht bekommen
notices-message-hint = Die erste, die Sie nicht gelesen haben; die anderen warten im Portal.
notices-campaign = Sie nehmen an einer weiteren Kampagne teil
notices-campaign-hint = Mit Ihrem Link und dem, was die Kampagne verlangt.
notices-saved = Benachrichtigungen gespeichert

## portal/unsubscribe.html

unsubscribe-done = <b>{ $email }</b> bekommt keine E-Mails der Art „{ $what }“ mehr.
unsubscribe-goes = E-Mails der Art „{ $what }“ gehen an <b>{ $email }</b>.
unsubscribe-choose = Wählen, welche E-Mails Sie bekommen
unsubscribe-act = Diese E-Mails abbestellen

## portal/unsubscribe.rs

unsubscribe-done-title = Sie bekommen davon keine mehr
unsubscribe-title = Diese E-Mails abbestellen?

## portal/account/payout_method.html

payout-method-waits = Auszahlungen warten bis { $helduntil }
payout-method-waits-text = Es wurde geändert, wohin Ihr Geld geht; deshalb wartet die nächste Auszahlung. Wenn Sie das nicht waren, legen Sie sofort ein neues Passwort fest und schreiben Sie an { $business }.
payout-method-set-on = Festgelegt
payout-method-change = Ändern
payout-method-none = Noch kein Auszahlungsweg
payout-method-none-text = Sagen Sie, wohin Ihre Provisionen gehen sollen. Die Angabe wird verschlüsselt aufbewahrt, und nur wer Sie auszahlt, kann sie lesen.
payout-method-set = Auszahlungsweg festlegen
payout-method-none-ended = Kein Auszahlungsweg
payout-method-none-ended-text = Während Ihrer Teilnahme wurde keiner festgelegt. Schreiben Sie dem Unternehmen, um Ihr Guthaben zu bekommen.
payout-method-before = Früher
payout-method-set-day = Festgelegt am { $full }
payout-method-again = Um ihn zu ändern, zeigen Sie noch einmal, dass Sie es sind.
payout-method-hold =
    { $n ->
        [one] Auszahlungen warten dann { $n } Tag, und eine E-Mail meldet Ihnen die Änderung.
       *[other] Auszahlungen warten dann { $n } Tage, und eine E-Mail meldet Ihnen die Änderung.
    }
payout-method-mail = Eine E-Mail meldet Ihnen die Änderung.

## portal/account/payout_method_form.html

payout-method-how = Wie Sie ausgezahlt werden möchten
payout-method-holder = Kontoinhaber
payout-method-holder-hint = So, wie die Bank Sie kennt.
payout-method-paypal = PayPal-Adresse
payout-method-paypal-hint = Die E-Mail-Adresse Ihres PayPal-Kontos.
payout-method-wise = Wise-Adresse
payout-method-wise-hint = Die E-Mail-Adresse Ihres Wise-Kontos.
payout-method-stripe = Stripe-Konto
payout-method-stripe-hint = Die Kennung Ihres Kontos, das mit unserem verbunden ist. Sie beginnt mit acct_.
payout-method-other = Wie Sie Ihr Geld bekommen
payout-method-legal-name = Rechtlicher Name
payout-method-legal-name-hint = Ihrer oder der Ihrer Firma, für Abrechnungen.
payout-method-vat = USt-IdNr.
payout-method-sealed = Verschlüsselt aufbewahrt
payout-method-sealed-text = Nur wer Sie bei { $business } auszahlt, kann es lesen.
payout-method-next-waits =
    { $n ->
        [one] Die nächste Auszahlung wartet nach der Änderung { $n } Tag, damit niemand anderes Ihr Geld bekommt.
       *[other] Die nächste Auszahlung wartet nach der Änderung { $n } Tage, damit niemand anderes Ihr Geld bekommt.
    }
payout-method-save = Auszahlungsweg speichern

## portal/account/payout_method.rs

payout-method-kind-bank = Auf ein Konto mit IBAN
payout-method-kind-paypal = An Ihre PayPal-Adresse
payout-method-kind-wise = An Ihre Wise-Adresse
payout-method-kind-stripe = Auf Ihr verbundenes Konto
payout-method-kind-other = In Ihren Worten beschrieben
payout-method-choose = Es wurde nichts gespeichert: Wählen Sie, wie Sie ausgezahlt werden möchten.
payout-method-saved = Auszahlungsweg gespeichert; eine E-Mail meldet es Ihnen

## passkey/button.html, passkey/list.html

passkey-failed = Der Passkey wurde nicht verwendet, oder es hat zu lange gedauert. Versuchen Sie es noch einmal, oder gehen Sie einen anderen Weg.
passkey-title = Passkeys
passkey-intro = Mit Fingerabdruck, Gesicht oder PIN anmelden statt mit dem Passwort
passkey-none = Noch keiner. Ein Passkey bleibt auf Ihrem Gerät oder in Ihrem Passwortmanager, gilt nur für diese Adresse und zählt auch als zweiter Schritt. Passwort und Codes per E-Mail bleiben daneben bestehen.
passkey-for-added = Für { $host } · hinzugefügt am { $added }
passkey-last-used = zuletzt verwendet
passkey-not-used = noch nicht verwendet
passkey-rename = Umbenennen
passkey-remove = Entfernen
passkey-rename-title = Diesen Passkey umbenennen
passkey-save = Speichern
passkey-name = Name
passkey-remove-title = Diesen Passkey entfernen?
passkey-remove-it = Entfernen
passkey-remove-text = „{ $name }“ öffnet hier nichts mehr. Ihre anderen Wege zur Anmeldung bleiben. Entfernen Sie ihn auch von Ihrem Gerät.
passkey-full = Mehr Passkeys sind nicht möglich. Entfernen Sie zuerst einen, den Sie nicht mehr verwenden.
passkey-add = Passkey hinzufügen
passkey-asked-first = Zuvor werden Sie gefragt, ob Sie es sind.
passkey-not-made = Es wurde kein Passkey angelegt, oder es hat zu lange gedauert. Versuchen Sie es noch einmal.
passkey-known = Dieses Gerät hat bereits einen Passkey von Ihnen.
passkey-new-name = Name des neuen Passkeys
passkey-no-scripts = Um einen Passkey hinzuzufügen, wird JavaScript benötigt.

## portal/account/address.html

address-title = Anmeldeadresse
address-intro = Sie melden sich jetzt mit <b>{ $email }</b> an. Die neue Adresse bekommt zuerst einen Code, damit Sie sich nicht aussperren; die alte wird benachrichtigt. Ihre anderen Geräte werden dann abgemeldet, und Auszahlungen, die nach einer Änderung warten, warten weiter.
address-code = Code
address-code-hint = Acht Ziffern wie 1234-5678. Wenn { $email } hier verwendet werden kann, ist ein Code dorthin unterwegs.
address-change = Adresse ändern
address-nothing = Nach einer Minute nichts da? Sehen Sie im Spam-Ordner nach, oder
address-another = nehmen Sie eine andere Adresse
address-new = Neue Adresse
address-mail-code = Code dorthin senden
address-wait = Gerade eben wurde ein Code angefordert, oder zuletzt zu viele. Versuchen Sie es in { $wait } noch einmal.
address-changed = Sie melden sich ab jetzt mit der neuen Adresse an; Ihre anderen Sitzungen sind beendet
address-unusable = Dieser Code kann hier nicht verwendet werden. Fordern Sie einen neuen an.

## shown/passkey.rs, portal/account/passkey.rs

passkey-at-address = Passkeys funktionieren hier nicht: Diese Seite ist unter einer IP-Adresse geöffnet, und ein Passkey ist an einen Hostnamen gebunden.
passkey-insecure = Passkeys funktionieren hier nicht: Diese Seite wurde ohne https geladen.
passkey-added = Der Passkey ist hinzugefügt
passkey-renamed = Der Passkey hat einen neuen Namen
passkey-removed = Der Passkey ist entfernt
