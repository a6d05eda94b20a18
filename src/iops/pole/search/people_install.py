"""x."""
from collections.abc import Iterator
def statements() -> Iterator[str]:
    """x."""
    yield "create function iops.refresh_people(ids bigint[]) returns void language sql as 'select null::void'"
