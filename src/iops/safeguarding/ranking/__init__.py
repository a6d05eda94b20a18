"""Ranking: who must be looked at first. It orders work; it closes, lowers and shares nothing."""
