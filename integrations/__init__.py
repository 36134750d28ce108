"""Everything that connects a program to another system."""
