"""What operators watch: heartbeats, health, metrics, a line per call, crash reports. The parts name what they add in
settings."""
