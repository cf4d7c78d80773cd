"""The web channel below /chat/, and what protects the server that it runs on."""
