"""The people of a program: who has which role in it, and who is invited."""
