"""The crime registrar's desk: recording audits, cancellations, disputes of class."""
