"""Breaks delivery on purpose, with the product as real processes, and counts what became of every accepted event."""
