"""Every page as a browser shows it."""
