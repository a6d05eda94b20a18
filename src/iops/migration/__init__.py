"""Legacy and external sources in, with a ledger of every row."""
