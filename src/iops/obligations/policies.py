"""Who sees what is owed: everybody, unless the record it is owed on is restricted; then whoever sees the record."""

from __future__ import annotations

from iops.foundation.policy import AnyOf, Column, Not, Policy, ThroughRecord
from iops.obligations.models import Obligation, Waiver, Withdrawn

POLICIES = (
    # The column is a copy that settling keeps true; it spares worklists a look at every record.
    Policy(Obligation, sees=AnyOf(Not(Column("restricted")), ThroughRecord("record_kind", "record_id"))),
    Policy(Withdrawn, sees=ThroughRecord("record_kind", "record_id")),
    Policy(Waiver, sees=ThroughRecord("subject", "subject_id")),
)
