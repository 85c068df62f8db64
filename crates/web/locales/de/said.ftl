# Sätze, mit denen Anwendungsfälle ablehnen.

said-required = Das ist ein Pflichtfeld
said-control-characters = Das darf keine Steuerzeichen enthalten
said-at-least = Das braucht mindestens { $n } Zeichen
said-more-than = Das hat mehr als { $n } Zeichen
said-email = Das ist keine E-Mail-Adresse
said-web-address = Das muss eine Webadresse sein, etwa https://example.com/start
said-log-in = Die E-Mail-Adresse oder das Passwort ist nicht richtig.

## form/mod.rs

said-code-first = Geben Sie zuerst den Code ein oder fordern Sie einen neuen an.
said-password-again = Geben Sie Ihr Passwort noch einmal ein.
said-sign-up-first = Füllen Sie das Registrierungsformular aus.
said-nothing-waits = Es gibt nichts zu bestätigen.
said-not-app-code = Das ist nicht der Code, oder er wurde schon verwendet. Warten Sie auf den nächsten Ihrer App.
said-not-code = Das ist nicht der Code. Sehen Sie in die neueste E-Mail und geben Sie deren acht Ziffern ein.
said-quick = Das ging sehr schnell. Prüfen Sie noch einmal, ob alles stimmt, und senden Sie es dann erneut.
said-open-too-long = Die Seite war zu lange offen. Was Sie eingegeben haben, bleibt erhalten; senden Sie es noch einmal.
said-changed-just-now = Das Konto oder der Partner hat sich gerade geändert. Laden Sie die Seite neu.
said-account-there = Es gibt schon ein Konto. Melden Sie sich damit an.
said-account-accept = Zu dieser Adresse gibt es schon ein Konto. Melden Sie sich damit an, um anzunehmen.
said-account-address = Zu dieser Adresse gibt es schon ein Konto. Melden Sie sich damit an.
said-accounts-most = Diese Adresse hat so viele Konten, wie sie haben darf. Melden Sie sich bei einem davon an.
said-code-void = Dieser Code gilt nicht mehr: Er ist zu alt, wurde verwendet, oder es gab zu viele falsche. Fordern Sie einen neuen an.
said-link-void = Dieser Link gilt nicht mehr: Er ist älter als 15 Minuten, wurde verwendet, oder es kam eine neuere E-Mail.
said-invitation-out = Diese Einladung ist abgelaufen. Bitten Sie um eine neue.
said-invitation-other = Diese Einladung gilt für ein anderes Konto: eines ihrer eigenen Adresse, das noch kein Partner ist.
said-invitation-back = Diese Einladung wurde zurückgezogen.
said-invitation-used = Diese Einladung wurde schon verwendet. Melden Sie sich mit dem Passwort an, das festgelegt wurde.
said-first-link = Das ist der Link, der mit der Kampagne kam. Er bleibt an, solange Sie teilnehmen.
said-two-step-off = Die Anmeldung in zwei Schritten ist aus.
said-two-step-on = Die Anmeldung in zwei Schritten ist schon an.
said-no-changes = Ihre Teilnahme erlaubt zurzeit keine Änderungen. Schreiben Sie uns, um zu ändern, wohin Auszahlungen gehen.
said-links-most = Hier haben Sie schon 50 Links, mehr sind nicht möglich; verwenden Sie Sub-IDs an einem davon
said-bic = Das hat 8 oder 11 Zeichen, etwa COBADEFF
said-agree = Das ist nötig, um teilzunehmen
said-not-campaign = Das ist keine Ihrer Kampagnen
said-not-country = Das ist kein Land der Liste
said-not-language = Das ist keine Sprache der Liste
said-not-zone = Das ist keine Zeitzone der Liste
said-not-password = Das ist nicht Ihr Passwort
said-common-password = Das ist eines der Passwörter, die alle versuchen; wählen Sie ein weniger gebräuchliches
said-present-password = Das ist das jetzige Passwort
said-taken = Das ist vergeben; wählen Sie etwas anderes
said-link-code = Das müssen 2 bis 64 Buchstaben, Ziffern, „-“, „_“ oder „.“ sein, mit einem Buchstaben oder einer Ziffer am Anfang
said-phone = Das muss eine Telefonnummer sein, etwa +49 30 1234567
said-answer = Das muss eine der Antworten sein
said-page-own = Das bleibt bei diesem Link die Seite der Kampagne; erstellen Sie für eine andere Seite einen eigenen Link
said-nothing-changed = Hier lässt sich zurzeit nichts ändern.
said-look-only = Sie sehen diese Seite nur an.
said-affiliates-only = Diese Seite ist für Partner.
said-ended-read = Ihre Teilnahme ist beendet, deshalb lässt sich diese Unterhaltung nur lesen
said-looked-at = Ihre Bewerbung wird geprüft. Sie bekommen eine E-Mail mit Ihren Links, sobald sie freigegeben ist.
said-suspended = Ihre Teilnahme ist ausgesetzt: Ihre Links sind aus, und es lässt sich nichts ändern. Ihre Zahlen bleiben hier lesbar.
said-ended = Ihre Teilnahme ist beendet. Ihre Abrechnungen bleiben hier lesbar.
said-export-large = Diese Liste hat { $total } Zeilen; ein Export fasst { $most }. Schränken Sie sie mit den Filtern ein und exportieren Sie sie in Teilen.

## shown/invoice.rs: the lines, as they were issued

said-line-below = { $what }, von einem Partner darunter
said-line-adjustment-of = { $campaign }: Anpassung
said-line-adjustment = Anpassung
said-line-all = Alle Posten von { $number }
said-unreadable = { $number } lässt sich nicht lesen: Der Beleg wurde unter einem anderen geheimen Schlüssel dieser Installation versiegelt
