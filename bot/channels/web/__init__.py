"""How people reach the assistant: the web channel of the design's section 8."""
