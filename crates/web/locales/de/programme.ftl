## portal/home.html

home-welcome = Willkommen, { $firstname }
home-intro = Alles, was Sie mit { $business } verbindet, an einem Ort.
home-apps = Ihre Apps
home-no-apps = Noch keine Apps
home-no-apps-text = Eine App erscheint hier, sobald { $business } Ihnen Zugang dazu gibt. Die erste ist „Partnerprogramm“ mit Ihren Links, Leads, Provisionen und Auszahlungen: Sie haben sie, sobald Sie an einer Kampagne teilnehmen.
home-become = Partner werden
home-become-text = Empfehlen Sie { $business } und verdienen Sie eine Provision für die Kunden, die Sie bringen.
home-apply = Bewerben
home-time = Ihre Zeit mit { $business }
home-questions-to = Fragen? Schreiben Sie an { $business }:
home-questions = Fragen? Antworten Sie auf eine E-Mail von { $business }.

## portal/home.rs

home-joined = Sie sind jetzt bei { $business }
home-applied = Sie haben sich als Partner beworben
home-approved = Sie wurden Partner
home-campaign-joined = Sie nehmen an der Kampagne { $name } teil
home-campaign-left = Sie haben die Kampagne { $name } verlassen
home-first-lead = Ihr erster Lead
home-first-sale = Ihr erster Verkauf
home-paid = PO-{ $number } ausgezahlt: { $amount }

## portal/dashboard.html

dashboard-all-time = Seit Beginn
dashboard-your-links = Ihre Links
links-all = Alle Links
links-none = Noch keine Links
links-none-text = Ihr Link erscheint hier, sobald Sie an einer Kampagne teilnehmen.
link-qr-of = QR-Code: { $name }
link-off = Link, der zurzeit nicht funktioniert:
figure-clicks = Klicks
figure-conversions = Conversions
figure-earned = Verdient
dashboard-performance = Entwicklung im Zeitverlauf
dashboard-latest = Neueste Provisionen
commissions-all = Alle Provisionen
commissions-none = Noch keine Provisionen
commissions-none-text = Wenn jemand kauft, den Sie gebracht haben, erscheint die Provision hier von selbst.
dashboard-note = Die Zahlen sind der bisherige Stand; Rückgaben und Zahlungszyklen können ändern, was ausgezahlt wird.

## portal/dashboard.rs

application-title = Ihre Bewerbung
application-website = Website oder Profil
application-audience = Über Ihr Publikum
application-sent = Gesendet am { $day }
dashboard-morning = Guten Morgen, { $name }
dashboard-afternoon = Guten Tag, { $name }
dashboard-evening = Guten Abend, { $name }
dashboard-nothing-earned = Diesen Monat noch nichts verdient. Teilen Sie einen Link, um zu beginnen.
dashboard-news = Sie haben diesen Monat { $amount } verdient.
dashboard-and = und { $others }
dashboard-owed = Ihr Guthaben
dashboard-more-pending = dazu { $amount } offen
dashboard-paid = Bisher ausgezahlt
dashboard-paid-sub = Alle bisherigen Auszahlungen
figure-leads = Leads
dashboard-leads-sub = über Ihre Links angemeldet
dashboard-customers = Kunden
dashboard-customers-sub = mit gültigem Verkauf
dashboard-cancelled = Verlorene Kunden
dashboard-cancelled-sub = inzwischen gegangen
dashboard-revenue-sub = Verkäufe ohne Erstattungen
dashboard-pending = Offen
dashboard-pending-sub = wartet auf Freigabe
dashboard-link-for = Link für { $campaign }

## shown/link.rs

link-live = Aktiv
link-campaign-inactive = Kampagne inaktiv
link-campaign-not-begun = Kampagne noch nicht gestartet
link-campaign-over = Kampagne beendet
link-not-approved = Partner nicht freigegeben
link-switched-off = Abgeschaltet
link-state-off = Link pausiert

## portal/links.html

team-new = Neue Partner
team-title = Ihr Team
team-link = Link für neue Partner
team-link-text = Wer sich darüber bewirbt und freigegeben wird, steht unter Ihnen, und Sie verdienen mit, wo die Bedingungen es vorsehen.
links-title = Links
links-intro = Alle Links aller Ihrer Kampagnen und was jeder gebracht hat.
links-new = Neuer Link
links-link = Link
links-status = Status
figure-sales = Verkäufe
links-off = Funktioniert zurzeit nicht:
links-leads-to = führt zu { $page }
links-copy = Kopieren: { $link }, { $campaign }
links-elsewhere = Ohne Link
links-elsewhere-text = Gutscheine, Boni und was Partner unter Ihnen gebracht haben
links-elsewhere-short = Ohne Link: Gutscheine, Boni und was Partner unter Ihnen gebracht haben
links-total = Insgesamt
links-note = Wer über zwei Links kam, zählt bei jedem und insgesamt einmal. Die Zahlen sind der bisherige Stand; Rückgaben und Zahlungszyklen können ändern, was ausgezahlt wird.

## portal/link.html

link-made = { $campaign } · erstellt am { $made }
link-pause = Pausieren
link-resume = Fortsetzen
link-leads-to = Führt zu
link-page-off = Die Seite dieses Links ist abgeschaltet
link-page-off-text = Die Kampagne erlaubt Links zu { $page } nicht mehr; Klicks führen deshalb zu ihrer Startseite.
link-build = Eine Adresse für einen bestimmten Ort
link-build-text = Sub-IDs zeigen Ihnen später, von welchem Ort ein Lead kam; eine Seite führt direkt dorthin. Der Link bleibt derselbe.
link-build-page = Zielseite
link-build-page-hint = Auf { $hosts }. Bleibt das Feld leer, führt sie dorthin, wohin der Link führt.
link-utm = UTM-Parameter
link-build-act = Adresse erstellen
link-build-over = Neu beginnen
link-build-result = Adresse für einen Ort
link-settings = Einstellungen des Links
link-label = Bezeichnung
link-page = Seite
link-page-hint = Auf { $hosts }. Bleibt das Feld leer, führt der Link zur Startseite der Kampagne.
form-save = Speichern
link-qr = QR-Code
link-qr-link = Der Code des Links selbst. Erstellen Sie eine Adresse, um deren Code zu bekommen.
link-qr-built = Der Code der Adresse, die Sie erstellt haben.
link-qr-png = PNG mit { $side } Pixeln
link-qr-hint = SVG für den Druck in jeder Größe, PNG für Bildschirme und Dokumente.
link-qr-too-long = Diese Adresse ist zu lang für einen QR-Code.
link-qr-none = Solange der Link nicht funktioniert, gibt es keinen Code.

## portal/link_new.html

link-new-none = Keine Kampagne für einen Link
link-new-none-text = Links entstehen in laufenden Kampagnen. Im Moment läuft keine von Ihren.
links-see = Ihre Links ansehen
link-new-campaign = Kampagne
link-new-page-hint = Fügen Sie die Adresse der Seite ein, zu der der Link führen soll. Bleibt das Feld leer, führt er dorthin, wohin Ihr Hauptlink führt.
link-new-code = Code
link-new-code-hint = Das Ende des Links: 2 bis 64 Buchstaben, Ziffern, - _ oder ein Punkt. Bleibt das Feld leer, entsteht er aus Ihrem Namen. Er lässt sich später nicht ändern.
link-new-act = Link erstellen
link-new-where = Wohin Links führen dürfen
link-new-note = Ein eigener Link zeigt Ihnen, was ein Newsletter, ein Video oder eine Seite bringt. Für viele kleine Orte nehmen Sie einen Link mit Sub-IDs.

## portal/link.rs

link-main = Hauptlink
link-sub-id = Sub-ID { $number }
said-link-no-code = Dieser Link funktioniert zurzeit nicht, deshalb gibt es keinen Code dafür.
link-too-long-title = Zu lang für einen QR-Code
link-too-long = Die Adresse mit Seite und Sub-IDs passt nicht in einen Code. Kürzen Sie sie oder erstellen Sie einen Link, der zu der Seite führt.
link-suspended = Ihre Teilnahme ist ausgesetzt, deshalb lässt sich nichts ändern. Ihre Links und deren Zahlen bleiben hier lesbar.
link-new-label-hint = Wie Sie ihn nennen, etwa „Newsletter“. Bis zu { $most } Zeichen; nur Sie und { $business } sehen die Bezeichnung.
link-ready = Der Link ist bereit zum Teilen.
link-choose-campaign = Wählen Sie eine Ihrer Kampagnen
link-saved = Der Link ist gespeichert.
link-resumed = { $name } führt wieder weiter.
link-paused = { $name } ist pausiert: Der Link führt nirgendwohin, seine Zahlen bleiben.

## portal/assets.html

assets-title = Werbemittel
assets-intro = Texte, Banner und Dateien zum Werben. Ihr Link ist schon darin.
assets-none = Noch keine Werbemittel
assets-none-text = Was { $business } Ihnen zum Werben gibt, etwa Banner und Texte, erscheint hier.
assets-link-of = Der Link in den Werbemitteln von { $campaign }
assets-use = Diesen Link verwenden
assets-off = Ihr Link in dieser Kampagne funktioniert zurzeit nicht, deshalb gibt es nichts zu kopieren.
assets-html-of = HTML von { $title }
assets-copy-html = HTML kopieren
assets-picture-of = Bild von { $title }
assets-picture = Bild
assets-download-of = { $title } herunterladen
assets-download = Herunterladen

## shown/asset.rs

asset-bytes = { $n } Bytes

## portal/team.html, portal/team.rs

team-back = Alle Links
team-heading = Team
team-intro = Partner, die über Sie gekommen sind, und was Sie durch sie verdient haben.
team-your-link = Ihr Link für neue Partner
team-below = Wer sich darüber bewirbt und freigegeben wird, steht unter Ihnen.
team-nobody = Noch niemand
team-nobody-text = Wer sich über Ihren Link bewirbt, erscheint hier, sobald das Formular abgeschickt ist.
team-affiliate = Partner
team-level = Ebene
team-since = Seit
team-earned = Ihr Verdienst
team-level-since = { $level }, seit { $since }
team-direct = Von Ihnen gebracht
team-levels-below = { $level } Ebenen darunter
apply-brought = Sie kommen über einen Partner von { $business }, der über Ihnen steht, wenn Sie freigegeben sind.
