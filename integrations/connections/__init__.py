"""One program's configuration of one integration."""
