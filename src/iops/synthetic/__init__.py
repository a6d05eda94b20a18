"""A made-up force: people, demand and defects with known truth."""
