"""The people who use the system: accounts, teams, and the roles they hold in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from iops.foundation.models.base import Fact
from iops.foundation.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterable


class District(Fact):
    """A territorial district of the force: the unit that worklists, escalation and assurance are cut by."""

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class Team(Fact):
    """A group of people who own work together; force-wide when it has no district."""

    name = models.CharField(max_length=100, unique=True)
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes and finds accounts; the sign-in name is compared without regard to case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The account of this sign-in name, whatever its capitals."""
        return self.get(username__iexact=username)


class AccountKind(models.TextChoices):
    """Whose an account is."""

    PERSON = "person", "person"
    SYSTEM = "system", "system"


class User(AbstractBaseUser, Fact):
    """Somebody who works for the force (or sits on its panel) and may sign in; or a system that calls by a token.

    An account of kind "system" has no password, so that nobody can sign in as a machine. `made_up` marks accounts of
    the synthetic force, so that nobody takes them for real people.
    """

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    collar_number = models.CharField(max_length=20, blank=True)
    is_active = models.BooleanField(default=True)
    made_up = models.BooleanField(default=False)
    kind = models.CharField(max_length=6, choices=AccountKind, default=AccountKind.PERSON, db_default="person")
    failed_sign_ins = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)

    history_omits: ClassVar[tuple[str, ...]] = ("password", "last_login")

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        """No two accounts differ by capitals alone; a system has no password to sign in with."""

        constraints: ClassVar = [
            models.UniqueConstraint(Lower("username"), name="user_name_once"),
            models.CheckConstraint(condition=models.Q(kind__in=AccountKind.values), name="user_kind_known"),
            models.CheckConstraint(
                condition=models.Q(kind="person") | models.Q(password__startswith="!"),  # noqa: S106 - none is one
                name="system_has_no_password",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_system(self) -> bool:
        """Whether the account is a machine's."""
        return self.kind == AccountKind.SYSTEM

    @property
    def roles(self) -> frozenset[Role]:
        """Every role this person holds in any team (one query, kept for the life of the object)."""
        return frozenset(Role(role) for role, _ in self._memberships())

    @property
    def district_ids(self) -> frozenset[int] | None:
        """The districts this person works in; None when one of their teams is force-wide."""
        districts = [district for _, district in self._memberships()]
        if any(d is None for d in districts):
            return None
        return frozenset(d for d in districts if d is not None)

    def holds(self, roles: Iterable[Role]) -> bool:
        """Whether this person holds at least one of `roles`."""
        return not self.roles.isdisjoint(roles)

    def hold(self, held: Iterable[tuple[str, int | None]]) -> None:
        """Take the roles, each with the district of its team, as somebody has just read them."""
        self.__dict__["_held"] = list(held)

    def _memberships(self) -> list[tuple[str, int | None]]:
        if "_held" not in self.__dict__:
            self.hold(self.memberships.values_list("role", "team__district_id"))
        held: list[tuple[str, int | None]] = self.__dict__["_held"]
        return held


class Membership(Fact):
    """One person's role in one team."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(r.value, r.label) for r in Role])

    class Meta:
        """A role is held once in a team, and only the roles of the force exist."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "team", "role"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=[r.value for r in Role]), name="membership_role_known"),
        ]
