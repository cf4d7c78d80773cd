"""Everything that reaches into Rasa, rasa-sdk or Sanic."""
