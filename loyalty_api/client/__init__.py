"""One client for a program's loyalty platform, whichever it is."""
