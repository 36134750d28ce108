"""Reads loyalty events from a Kafka topic. Nothing of it is imported while Kafka is not configured, but for the list of
parked messages."""
