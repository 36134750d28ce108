"""What a program is set up with: its basics, places, custom properties, API users, and its loyalty platform."""
