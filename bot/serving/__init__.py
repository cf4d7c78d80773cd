"""The processes: server, model loading, training, action server."""
