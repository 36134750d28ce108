"""A handful of stories, each from end to end through the running product."""
