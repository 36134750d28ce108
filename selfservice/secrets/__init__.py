"""Encryption of stored secrets, and the type whose text is ***."""
