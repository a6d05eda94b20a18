"""The file of a case for the court: documents, forms as data, disclosure, packed so that any change is seen."""
