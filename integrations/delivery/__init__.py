"""From an accepted event to the other system: intake, lanes, sending, ledger."""
