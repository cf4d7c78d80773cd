"""What the assistant does beyond fixed texts: rasa-sdk custom actions, one file per concern."""

import os

from bot.observability.logs import keep_words_out

# An action server believes whoever calls it and sends back what it was sent. rasa-sdk opens it to all the world by default.
os.environ.setdefault("SANIC_HOST", "127.0.0.1")

# Also where Rasa's own command serves the actions, no word of a conversation may be logged.
keep_words_out()
