"""From a loyalty event to Braze's objects: pure, compiled once per configuration."""
