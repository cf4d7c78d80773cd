"""Where conversations are kept, locked, published and deleted."""
