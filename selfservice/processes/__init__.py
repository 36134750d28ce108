"""The three processes of an installation: web, worker, scheduler."""
