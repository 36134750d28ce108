"""Template tags that any page may load."""
