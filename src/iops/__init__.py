"""iOPS: an open Integrated Operational Policing System for a police force in England and Wales."""
