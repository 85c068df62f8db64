## kit/figure.html

figure-metric = Kennzahl
figure-this-period = Dieser Zeitraum
figure-previous-period = Vorheriger Zeitraum
figure-ranges = Zeiträume
figure-from = Von
figure-to = Bis
figure-apply = Anwenden

## kit/form.html

form-optional = optional
form-summary =
    { $n ->
        [one] Es wurde nichts gespeichert: { $n } Feld braucht Ihre Aufmerksamkeit.
       *[other] Es wurde nichts gespeichert: { $n } Felder brauchen Ihre Aufmerksamkeit.
    }
form-cancel = Abbrechen

## kit/filters.html, pager.html

list-apply = Anwenden
list-clear = Zurücksetzen
list-none = Keine { $noun }
list-only = 1 { $noun }
list-shown = { $first }–{ $last } von { $total } { $noun }
list-size = { $size } je Seite
list-pages = Seiten
list-previous = Vorherige Seite
list-next = Nächste Seite
list-page = Seite { $number }

## kit/ui.html

ui-copy = Kopieren
ui-no-matches = Keine Treffer
ui-no-matches-text = Nichts passt zu allen diesen Filtern.
ui-clear-filters = Filter zurücksetzen

## kit/message.html

message-mark-read = Als gelesen markieren
message-latest = Neueste Nachrichten
message-earlier = Frühere Nachrichten

## range.rs

range-today = Heute
range-7d = Letzte 7 Tage
range-30d = Letzte 30 Tage
range-90d = Letzte 90 Tage
range-month = Dieser Monat
range-last-month = Letzter Monat
range-year = Dieses Jahr
range-all = Gesamter Zeitraum
range-day-before = Tag davor
range-days-before = { $n } Tage davor
range-compared = im Vergleich zu { $span } · { $zone }

## figures

delta-new = neu
delta-up = gestiegen um
delta-down = gefallen um
delta-unchanged = unverändert
trend-clicks = Klicks
trend-conversions = Conversions
trend-revenue = Umsatz
trend-commission = Provision
trend-day = Tag
trend-week = Woche
trend-month = Monat
trend-vs = ggü. { $before }
trend-total = Insgesamt { $total }.
trend-total-new = Insgesamt { $total }, nach keinem Wert im Vergleichszeitraum ({ $before }).
trend-total-same = Insgesamt { $total }, wie im Vergleichszeitraum ({ $before }).
trend-total-changed = Insgesamt { $total }, { $word } { $change } gegenüber dem Vergleichszeitraum ({ $before }).
trend-peak = Höchstwert { $value } ({ $day }).
trend-per-day = { $metric } je Tag, { $range }
trend-per-week = { $metric } je Woche, { $range }
trend-per-month = { $metric } je Monat, { $range }
money-nothing = nichts
money-and = { $others } und { $last }
money-unnamed = Kunde ohne Namen

## chart.rs

chart-keys = { $metric }; die Pfeiltasten nach links und rechts lesen jeden Wert vor
chart-date = Datum
chart-date-before = Datum davor
chart-previous = Vorheriger Zeitraum

## statuses

status-pending = Offen
status-approved = Freigegeben
status-rejected = Abgelehnt
status-in-payout = In Auszahlung
status-paid = Ausgezahlt
status-reversed = Storniert
status-draft = Entwurf
status-sending = Wird gesendet
status-failed = Fehlgeschlagen
status-unknown = Unbekannt
status-cancelled = Storniert
status-returned = Zurückgekommen
status-suspended = Ausgesetzt
status-lead = Lead
status-customer = Kunde
status-customer-cancelled = Verloren
status-sale = Verkauf
status-deactivated = Deaktiviert
