# Sentences that use cases refuse with. The English text is how a sentence is found: it stands here as the
# use case writes it, after form/mod.rs has put "This" before "is required".

said-required = This is required
said-control-characters = This must not contain control characters
said-at-least = This needs at least { $n } characters
said-more-than = This has more than { $n } characters
said-email = This is not an e-mail address
said-web-address = This must be a web address such as https://example.com/start
said-log-in = The e-mail address or the password is not right.
