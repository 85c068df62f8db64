## portal/leads.html

leads-people = Personen
leads-none = Noch niemand
leads-none-text = Wer sich über einen Ihrer Links anmeldet oder kauft, steht hier, mit dem Weg, auf dem er kam.
leads-channel = Kampagne und Kanal
leads-since = seit { $day }

## portal/leads.rs

list-all = Alle
leads-all-campaigns = Alle Kampagnen
leads-search = Name oder E-Mail suchen
leads-person = Person
leads-head-since = Seit
leads-one = Person
leads-noun = Personen
leads-from = von { $host }
leads-by = über { $via }
leads-left = gegangen am { $day }
leads-first-sale = erster Verkauf am { $day }

## portal/commission_rows.html

head-date = Datum
head-customer = Kunde
head-sale = Verkauf

## portal/commissions.html

commissions-sum = Diese Liste insgesamt:
commissions-note = Die Beträge sind der bisherige Stand; Rückgaben und Zahlungszyklen können ändern, was ausgezahlt wird.

## portal/commission.html

commission-rule = Regel:
commission-given-again = Nach einer gewonnenen Reklamation wieder gutgeschrieben als
commission-share = Provision von { $amount }
commission-of = Provision über
commission-life = Verlauf
commission-life-of = Verlauf der Provision
commission-how = Wie sie zustande kam
commission-amounts = Beträge
commission-details = Details
commission-for = Für
head-note = Notiz

## portal/commission.rs

commission-of-amount = von { $amount }
commission-correction = Korrektur
commission-below = Gebracht von einem Partner unter Ihnen
money-owed = Guthaben
commissions-counted =
    { $n ->
        [one] { $n } Provision
       *[other] { $n } Provisionen
    }
commissions-one = Provision
commissions-noun = Provisionen

## shown/commission.rs

commission-clicks = Klicks
commission-clicks-of-link = Klicks vom { $day } auf den Link { $link }: { $n }
commission-clicks-of-day = Klicks vom { $day }: { $n }
commission-by-hand = Von Hand
commission-level = Ebene { $level }
commission-earned = Verdient
commission-adjusted = Angepasst
commission-reversed = Storniert
commission-net = Netto
commission-clawback = Vom Storno als Rückforderung vorgetragen

## timeline.rs

step-earned = { $amount } verdient
step-adjustment = { $amount } von Hand
step-approved = Freigegeben
step-rejected = Abgelehnt
step-undone = Wieder offen
step-adjusted = Angepasst um { $amount }
step-reversed = { $amount } storniert
step-restored = { $amount } wiederhergestellt
step-drafted = In eine Auszahlung aufgenommen
step-payout-cancelled = Auszahlung storniert, wieder freigegeben
step-payout-returned = Auszahlung zurückgekommen, wieder freigegeben
step-paid = { $amount } ausgezahlt
step-referral = Empfehlung freigegeben
step-waits = Sie wartet auf eine Entscheidung.
step-by-itself = Von selbst
step-by-hand = Von Hand
step-clears = { $how }, sobald die Haltefrist vorbei ist: frei ab { $date }
step-put = In eine Auszahlung aufgenommen
step-with = Mit PO-{ $number }.
step-remark-clears = frei ab { $date }
step-remark-referral = Empfehlung freizugeben

## portal/payouts.html

ask-title = Auszahlung anfordern
ask-text = Sie werden ausgezahlt, wenn Sie es anfordern.
ask-asked = Sie haben die Auszahlung angefordert; { $business } entscheidet.
ask-may = Freigegeben und noch in keiner Auszahlung.
ask-minimum = Eine Auszahlung kann ab { $minimum } angefordert werden.
ask-nothing = Zurzeit ist nichts auszuzahlen.
ask-button = { $amount } anfordern
ask-take-back = Zurückziehen
payouts-period = Abrechnung eines Zeitraums
payouts-none = Noch keine Auszahlungen
payouts-none-text = Freigegebene Provisionen werden zu einer Auszahlung gebündelt. Sie erscheint hier, sobald sie unterwegs ist, mit einer Abrechnung für Ihre Unterlagen.
payouts-by = Zahlungsweg
payouts-reference = Referenz

## portal/payout.html

payout-all = Alle Auszahlungen
payout-title = Abrechnung { $number }
payout-from-to = { $business } an { $payee }, { $payeeemail }
payout-made = Erstellt
payout-paid-on = Ausgezahlt am
payout-not-yet = Noch nicht
payout-none-yet = Noch keine
payout-lines = Wofür sie zahlt
head-amount = Betrag
payout-carried = Vortrag aus früheren Erstattungen
payout-was-to-be-paid = Wäre auszuzahlen gewesen
payout-was-paid = War ausgezahlt
payout-to-be-paid = Auszuzahlen
payout-note = Notiz:
payout-life-of = Verlauf der Auszahlung

## portal/payout.rs

list-any-status = Jeder Status
payout-search = Referenz oder Nummer suchen
payout-payout = Auszahlung
payouts-one = Auszahlung
payouts-noun = Auszahlungen
payout-short = { $commissions } · ausgezahlt am { $date }
payout-since = seither { $amount } zurückgefordert

## shown/payout.rs

method-bank-transfer = Überweisung
method-paypal = PayPal
method-wise = Wise
method-stripe = Stripe
method-other = Anderes
payout-draft-text = Erstattungen verringern ihn noch.
payout-cancelled-text = Die Provisionen sind wieder freigegeben.
payout-approved-text = Von da an steht der Betrag fest.
payout-approved-to-pay = Freigegeben, auszuzahlen
payout-carry-text = Erstattungen werden in die nächste Auszahlung vorgetragen.
payout-sending-text = Der Zahlungsdienst wurde beauftragt.
payout-unknown-text = Der Zahlungsdienst hat noch nicht gemeldet, ob gezahlt wurde.
payout-failed-text = Es wurde nicht gezahlt.
payout-returned-text = Das Geld kam zurück. Die Provisionen sind wieder freigegeben und kommen in die nächste Auszahlung.

## portal/statement.html

statement-signed = Signierte Datei
statement-check = So wird die signierte Datei geprüft
statement-check-text = Sie enthält jede Buchung des Zeitraums in allen Währungen und belegt ohne diese Website, dass keine verändert wurde:
statement-check-key = Sie enthält jede Buchung des Zeitraums in allen Währungen und ist so signiert, dass jede Änderung auffällt. Geprüft wird sie mit diesem Schlüssel:
statement-title = Abrechnung
statement-currency = Währung
statement-opening-on = Saldo am { $openingday }
statement-closing-on = Saldo am Ende des { $closingday }
statement-more = Nicht alle Zeilen werden angezeigt
statement-more-text = Die Seite zeigt die ersten 1.000 Zeilen; die Summen umfassen alle. Die CSV-Datei enthält jede Zeile.
statement-lines = Zeilen der Abrechnung
statement-what = Vorgang
statement-balance = Saldo
statement-opening = Anfangssaldo
statement-nothing = In diesem Zeitraum hat sich nichts geändert.
statement-further = Weitere Zeilen stehen in der CSV-Datei.
statement-closing = Endsaldo
statement-note = Der Saldo ist, was verdient und noch nicht ausgezahlt wurde: Ihr Guthaben und was noch auf Freigabe wartet. Tage werden in { $zone } gezählt.

## portal/statement.rs

statement-taken-back = Abgelehnt und erstattet
statement-file-more = Nur die ersten { $lines } Zeilen sind aufgeführt; die Summen umfassen alle. Die CSV-Datei enthält jede Zeile.
statement-paid-out = Ausgezahlt
statement-below = gebracht von einem Partner unter Ihnen
journal-earn = Provision
journal-adjust = Anpassung
journal-reject = Provision abgelehnt
journal-unreject = Ablehnung aufgehoben
journal-reverse = Erstattung
journal-restore = Streitfall gewonnen
journal-dispute = Rückbuchung
journal-pay = Auszahlung
journal-approve = Freigegeben
journal-unapprove = Freigabe aufgehoben
journal-draft = Auszahlung entworfen
journal-cancel-payout = Auszahlung storniert
journal-return-payout = Auszahlung zurückgekommen
statement-too-long = Dieser Zeitraum hat mehr als 10.000 Zeilen; mehr fasst ein Export nicht. Nehmen Sie ihn in Teilen.

## shown/commission.rs: what went in; portal/payout.rs: asking

input-amount = Betrag
input-tax = Darin Steuer
input-shipping = Darin Versand
input-products = Produkte
input-version = Version { $version }
ask-done = Sie haben Ihre Auszahlung angefordert
ask-taken-back-done = Sie haben Ihre Anforderung zurückgezogen
invoice-later = Eine Abrechnung wird ausgestellt, wenn die Auszahlung bezahlt ist
invoice-returned = Dieses Geld kam am { $date } zurück. Was damit bezahlt war, steht wieder aus und wird auf der Abrechnung der nächsten Auszahlung stehen; diese gilt nicht mehr.
invoice-cancelled-by = Das Storno { $number } hebt sie auf.
credit-later = Ein Storno wird ausgestellt, wenn das Geld einer Auszahlung zurückkommt
credit-link = Storno { $number }
credit-title-self = Storno der Gutschrift (Rechnungskorrektur)
credit-title = Storno des Zahlungsbelegs
credit-cancels = Hebt { $number } vom { $date } auf: Das Geld kam zurück.
credit-unread = Der stornierte Beleg war nicht mehr lesbar, als dieses Storno ausgestellt wurde. Er wird deshalb als Ganzes storniert; Namen und Anschriften sind so angegeben, wie sie an diesem Tag bekannt waren.
credit-sum = Storniert
credit-in-name = Dieses Storno stellt { $issuer } im Namen des Zahlungsempfängers aus.

## invoice/body.html, shown/invoice.rs

invoice-title-self = Gutschrift (Rechnung durch den Auftraggeber)
invoice-title = Zahlungsbeleg
invoice-paid-by = Gezahlt von
invoice-paid-to = Gezahlt an
invoice-paid-on = ausgezahlt am { $date }
invoice-vat = USt-IdNr. { $vat }
invoice-date = Datum
invoice-for = Wofür
invoice-amount = Betrag
invoice-commissions = Provisionen
invoice-carried = Vortrag aus früheren Erstattungen
invoice-paid = Ausgezahlt
invoice-in-name = Diese Gutschrift stellt { $issuer } im Namen des Zahlungsempfängers aus.
invoice-print = Drucken Sie diese Seite, um sie auf Papier zu behalten, oder laden Sie sie als PDF herunter.

## pdf/layout.rs

pdf-page = Seite { $page } von { $pages }
