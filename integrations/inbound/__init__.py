"""The doors' common ground: key check, error envelope, recording; and the door for events."""
