"""Alerts: what is looked at each minute, incidents that are open or over, and the mails about them. It reads counters
and writes nothing of others."""
