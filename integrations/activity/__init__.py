"""The log of both directions: one list with filters, one call in full, and one member's story."""
