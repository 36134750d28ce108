"""What is sent to an integration's system and under which names, and what a choice would do before it is saved."""
