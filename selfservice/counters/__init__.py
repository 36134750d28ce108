"""Counts that all processes of an installation share through Redis, and what holds while it is away."""
