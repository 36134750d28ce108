"""Pages about what did not arrive: why, how to send it again one by one or in bulk, and how a resync goes."""
