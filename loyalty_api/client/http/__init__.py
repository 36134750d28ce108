"""The client of a remote platform: any that speaks the REST API which this product serves under /loyalty."""
