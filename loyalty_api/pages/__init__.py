"""Pages about the loyalty program itself: what its managers see and do without an engineer. Business rules are the
engine's."""
