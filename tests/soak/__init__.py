"""The soak: half of what the assistant can carry, for as long as you like, with faults all the time."""
