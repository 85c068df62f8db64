## layout/head.html, tail.html

frame-skip = Zum Inhalt springen
frame-demo = Demo
frame-demo-text = Dies ist eine Demo mit erfundenen Personen und Zahlen.
frame-undo = Rückgängig
frame-close = Schließen
frame-copied = Kopiert
frame-press-copy = Drücken Sie Strg+C

## layout/portal_top.html

frame-live = Live
frame-notifications = Benachrichtigungen
frame-bell-many = Benachrichtigungen, mehr als 9 ungelesen
frame-bell = Benachrichtigungen, { $unread } ungelesen
frame-read-all = Alle als gelesen markieren
frame-nothing = Noch nichts Neues.
frame-all-notifications = Alle Benachrichtigungen
frame-apps = Apps
frame-account = Konto:
frame-log-out = Abmelden
frame-unread = ungelesen
frame-inside = Sie sehen das Portal so, wie { $name } es sieht, und ändern nichts.

## layout/brand_footer.html

frame-credit = Portal von Tributary
frame-contact = Kontakt
frame-terms = Nutzungsbedingungen
frame-privacy = Datenschutz

## layout/theme_toggle.html

frame-language = Sprache
frame-theme = Farbschema
frame-theme-system = Farbschema: System. Wechseln
frame-theme-light = Farbschema: hell. Wechseln
frame-theme-dark = Farbschema: dunkel. Wechseln

## ui/shell.rs

menu-dashboard = Übersicht
menu-links = Links
menu-leads = Leads und Kunden
menu-commissions = Provisionen
menu-assets = Werbemittel
menu-payouts = Auszahlungen
menu-messages = Nachrichten

## portal/viewer.rs

frame-switch-account = Konto wechseln
frame-your-account = Ihr Konto
frame-write = An { $business } schreiben
frame-app-affiliate-about = Links, Leads, Provisionen und Auszahlungen
frame-app-home-about = Alles, was Sie hier haben
frame-leave = Die Ansicht von { $name } verlassen
frame-app-affiliate = Partnerprogramm
frame-app-home = Start
frame-no-app-title = Diese App haben Sie nicht
frame-no-app = Diese Seite gehört zur App „Partnerprogramm“, die Ihr Konto nicht hat. Die App erscheint auf Ihrer Startseite, sobald Sie sie haben.

## portal/session.rs

frame-profile-first = Es wurde nichts gespeichert: Vervollständigen Sie zuerst Ihr Profil und versuchen Sie es dann noch einmal.
frame-logged-out = Sie sind abgemeldet.

## portal/choice.rs

choice-no-apps = Noch keine Apps
choice-since = { $apps } · seit { $since }
