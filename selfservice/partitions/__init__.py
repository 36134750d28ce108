"""Tables cut by day: created ahead, dropped when their retention ends."""
