"""Audits of crime recording: a frozen population, a draw that anybody can make again, blind answers, a result."""
