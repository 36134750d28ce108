"""Who changed what, before and after. Append-only."""
