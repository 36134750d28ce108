"""What all pages of one integration share: whose page it is, its head with the state, and its tabs."""
