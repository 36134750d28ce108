"""What is broken: one function a fault, by what it strikes, and the table of all of them."""
