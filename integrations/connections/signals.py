"""What others may want to hear of connections."""

from django.dispatch import Signal

# Sent with `connection`, inside the transaction that stores its changed configuration.
connection_changed = Signal()
