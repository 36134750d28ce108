"""The demo: the whole product on one machine, with data to look at and a stand-in for Braze."""
