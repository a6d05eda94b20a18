"""Review programmes that work through a backlog."""
