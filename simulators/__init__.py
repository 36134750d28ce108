"""Stand-ins for the vendors we connect to: each enforces what its vendor documents, keeps a journal, and can be told to
misbehave. What every stand-in needs (HTTP, faults, journal, doors) lives here, a vendor's rules in its own package.
The product never imports this, and nothing here imports the product."""
