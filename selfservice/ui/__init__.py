"""Template tags, navigation and context processors of the shell. Knows no model."""
