"""A stand-in for Braze's `/users/track` and the endpoints around it: checks, limits, profile store, a page. It does not
call us (no webhooks, no Connected Content)."""
