"""Descriptions of HTTP interfaces: what an operation is, how an OpenAPI document is made of them, and its viewer."""
