"""A stand-in for Braze's `POST /users/track`: checks, limits, profile store. It does not call us (no webhooks, no
Connected Content)."""
