"""x."""
from collections.abc import Iterator
def statements() -> Iterator[str]:
    """x."""
    yield from ()
