"""Channels for widgets that were made for Rasa: off by default, with the web channel's guarantees. See docs/interface.md."""
