"""What the assistant does beyond fixed texts: rasa-sdk custom actions, one file per concern."""
