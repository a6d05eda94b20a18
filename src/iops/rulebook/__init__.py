"""The rulebook: dated rules as data, and the engine that reads, checks and compiles them. Pure Python."""
