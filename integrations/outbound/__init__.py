"""The one way out: sessions with timeouts, address guard, and recording."""
