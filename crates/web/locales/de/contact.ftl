## portal/messages.html

messages-intro = Sie und { $business }. Eine E-Mail meldet Ihnen eine Antwort.
messages-yours = Ihre Nachricht
messages-hint = Reiner Text, bis zu 5.000 Zeichen. Webadressen werden zu Links.
messages-send = Senden
messages-conversation = Unterhaltung
messages-none = Noch nichts geschrieben
messages-none-text = Fragen zu Ihren Links, einer Kampagne oder einer Auszahlung: Was Sie hier schreiben, geht an { $business }, und die Antwort erscheint von selbst.

## portal/message.rs

messages-closed = Ihre Teilnahme ist beendet. Die Unterhaltung bleibt hier lesbar.
messages-sent = Ihre Nachricht wurde gesendet.
messages-too-many =
    { $minutes ->
        [one] Sie haben innerhalb einer Stunde { $most } Nachrichten geschrieben. Ihr Text bleibt hier; senden Sie ihn in { $minutes } Minute.
       *[other] Sie haben innerhalb einer Stunde { $most } Nachrichten geschrieben. Ihr Text bleibt hier; senden Sie ihn in { $minutes } Minuten.
    }

## portal/notifications.html

notifications-none = Noch nichts Neues
notifications-none-text = Freigaben, Auszahlungen, neue Kampagnen und Antworten auf Ihre Nachrichten stehen dann hier.
notifications-kept = Benachrichtigungen werden ein halbes Jahr aufbewahrt.

## portal/notification.rs

notifications-approved = Sie sind als Partner freigegeben. Ihre Links funktionieren ab jetzt.
notifications-rejected = Ihre Bewerbung wurde nicht angenommen.
notifications-commission = Eine Provision von { $amount } wurde freigegeben.
notifications-made = Eine Auszahlung wurde für Sie erstellt: { $detail }. Sie wird als Nächstes bezahlt.
notifications-paid = An Sie ausgezahlt: { $detail }.
notifications-returned = Das Geld einer Auszahlung kam zurück: { $detail }. Es steht Ihnen wieder zu.
notifications-campaign = Sie nehmen an der Kampagne „{ $name }“ teil.
notifications-message = { $name } hat Ihnen geschrieben.
notifications-status = Ihre Teilnahme ist jetzt: { $status }.
notifications-one = Benachrichtigung
notifications-noun = Benachrichtigungen
notifications-all-read = Alle Benachrichtigungen sind gelesen.

## portal/application.html

application-rejected = Ihre Bewerbung wurde nicht angenommen
application-rejected-text = { $business } hat sie geprüft und nimmt sie zurzeit nicht an.
application-reason = Der Grund
application-thanks = Vielen Dank, { $first }
application-waits = Von Ihnen wird nichts weiter gebraucht. Diese Seite zeigt Ihre Links und Zahlen, sobald { $business } entschieden hat.
application-sent-what = Was Sie gesendet haben

## portal/apply.html

apply-intro = Empfehlen Sie { $business } und verdienen Sie eine Provision für die Kunden, die Sie bringen.
apply-fax = Fax, bitte leer lassen
apply-with-account = Sie bewerben sich mit Ihrem Konto { $who }
apply-email-hint = Dorthin geht die Antwort.
apply-audience-hint = Wer Ihnen zuhört und wie Sie uns empfehlen würden.
apply-agree = Ich habe gelesen und akzeptiere:
apply-terms = Bedingungen für Partner
apply-send = Bewerbung senden

## portal/apply_sent.html

apply-on-its-way = Ihre Bewerbung ist unterwegs zu { $business }.
apply-hear = Per E-Mail erfahren Sie, wie es weitergeht. Wenn in einigen Minuten keine kommt, sehen Sie im Spam-Ordner nach.
apply-log-in = Zur Anmeldung

## portal/apply.rs

apply-yes = Ja
apply-no = Nein
apply-choose = Antwort wählen
apply-already = Sie sind schon Partner.
apply-title = Partner von { $business } werden
apply-too-many = Innerhalb einer Stunde wurden zu viele Formulare gesendet. Was Sie eingegeben haben, bleibt erhalten; senden Sie es später noch einmal.
apply-unknown-field = Das Formular hat ein Feld, das nicht zu dieser Seite gehört. Es wurde nichts gesendet; laden Sie die Seite neu.
apply-thanks = Vielen Dank
