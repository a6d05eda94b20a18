"""What the frame keeps: forms that were saved, so that a double press or a lost answer saves nothing twice."""

from __future__ import annotations

from django.db import models


class SavedForm(models.Model):
    """One form that was saved: its key (made with the form), whose it was, and the record it made."""

    key = models.UUIDField(primary_key=True)
    user_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    at = models.DateTimeField()
