"""The link to help in the head of every page."""
