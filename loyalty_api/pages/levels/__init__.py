"""Levels and points rules of a program, and what a receipt would give by them."""
