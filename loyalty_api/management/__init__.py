"""Commands about programs and the loyalty platform."""
