"""What the frame keeps: forms that were saved, so that none is saved twice, and drafts of those that were not."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SavedForm(models.Model):
    """One form that was saved: its key (made with the form), whose it was, and the record it made."""

    key = models.UUIDField(primary_key=True)
    user_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    at = models.DateTimeField()


class Draft(models.Model):
    """What somebody has typed into one form and neither saved nor discarded. Nobody else sees it, and it is no record.

    `form` names the form and, where there are several, which one ("incident-new", "incident-new-17"); `sequence` counts
    the keystrokes' savings, so that an older one that arrives late does not overwrite a newer one. `at` is UTC.
    """

    id = models.BigAutoField(primary_key=True)
    user_id = models.BigIntegerField()
    form = models.CharField(max_length=60)
    values = models.JSONField()
    sequence = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        """One draft a person and form."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["user_id", "form"], name="draft_one_a_form")]
