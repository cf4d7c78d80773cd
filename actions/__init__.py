"""What the assistant does beyond fixed texts: rasa-sdk custom actions, one file per concern."""

import os

# An action server believes whoever calls it and sends back what it was sent. rasa-sdk opens it to all the world by default.
os.environ.setdefault("SANIC_HOST", "127.0.0.1")
