"""Members: found, looked at, booked for, locked, exported and erased."""
