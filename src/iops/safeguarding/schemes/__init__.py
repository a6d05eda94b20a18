"""The schemes with their clocks: protection notices, disclosure, MARAC, Encompass, child protection, MATAC, victims."""
