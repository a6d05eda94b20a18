"""Other systems: tokens by which they call, webhooks by which they are told, and incidents they hand over."""
