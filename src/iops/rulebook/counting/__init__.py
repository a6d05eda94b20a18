"""How many crimes there are, of which class: counting units, the principal crime, and what is counted beside it."""

from iops.rulebook.counting.count import Counted, count
from iops.rulebook.counting.disclosed import Disclosed, Option
from iops.rulebook.counting.principal import Verdict, compare

__all__ = ["Counted", "Disclosed", "Option", "Verdict", "compare", "count"]
