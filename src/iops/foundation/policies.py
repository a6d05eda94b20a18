"""Who sees the foundation's rows: the log of who looked at what is written by those who look, each for themselves."""

from __future__ import annotations

from iops.foundation.models import Consultation, Token, TokenCall, TokenUse
from iops.foundation.policy import AnyOf, Holds, Nobody, Own, Policy, ThroughParent
from iops.foundation.roles import Role

READERS = (Role.ADMINISTRATOR, Role.INSPECTOR)
"""Who may ask who looked at what: DPA 2018 section 62 keeps the log for checks on lawfulness, not for colleagues."""

OF_ONESELF = AnyOf(Own(), Holds((Role.ADMINISTRATOR,)))

POLICIES = (
    Policy(Consultation, sees=AnyOf(Own(), Holds(READERS)), writes=Own()),
    Policy(Token, sees=OF_ONESELF, writes=Holds((Role.ADMINISTRATOR,))),
    Policy(TokenCall, sees=AnyOf(Own(), Holds(READERS)), writes=Nobody()),
    Policy(TokenUse, sees=ThroughParent(Token, "token_id")),
)
