"""Series of crimes: a lead crime, one owner, joining and leaving with reasons, and links suggested from the facts."""
