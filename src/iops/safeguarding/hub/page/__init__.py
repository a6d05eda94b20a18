"""The hub's page: every queue with its oldest, high-risk pairs, repeat victims and serial perpetrators."""
