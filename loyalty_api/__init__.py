"""The loyalty platform: embedded, or remote behind the same client."""
