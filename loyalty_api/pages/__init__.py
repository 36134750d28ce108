"""Pages about the loyalty program itself: who its members are, what they get for what, and how it is set up."""
