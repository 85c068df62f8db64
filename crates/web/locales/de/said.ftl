# Sätze, mit denen Anwendungsfälle ablehnen.

said-required = Das ist ein Pflichtfeld
said-control-characters = Das darf keine Steuerzeichen enthalten
said-at-least = Das braucht mindestens { $n } Zeichen
said-more-than = Das hat mehr als { $n } Zeichen
said-email = Das ist keine E-Mail-Adresse
said-web-address = Das muss eine Webadresse sein, etwa https://example.com/start
said-log-in = Die E-Mail-Adresse oder das Passwort ist nicht richtig.
