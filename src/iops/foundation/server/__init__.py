"""PostgreSQL for the system: an embedded server that we launch ourselves, or any server of version 15 or newer."""

from iops.foundation.server.cluster import Cluster, Running
from iops.foundation.server.external import adopt
from iops.foundation.server.faults import DiskFullError, DsnError, NoServerError, ServerError, WrongVersionError

__all__ = [
    "Cluster",
    "DiskFullError",
    "DsnError",
    "NoServerError",
    "Running",
    "ServerError",
    "WrongVersionError",
    "adopt",
]
