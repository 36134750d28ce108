"""Braze: mapping, sending, webhooks, Connected Content."""
