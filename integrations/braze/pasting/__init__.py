"""Looks over what somebody is about to paste into Braze: what will not work, line by line. Pure."""
