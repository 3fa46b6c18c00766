"""Members of an organisation: invited with a first role, made inactive, removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.access.answers import user_of
from auterity_server.access.granted import holder_name
from auterity_server.access.granting import NewGrant, give, must_keep_an_owner, write_grant
from auterity_server.access.links import Links
from auterity_server.access.mailing import fit_address
from auterity_server.access.permissions import Permission, Role
from auterity_server.access.principal import Kind, Place, Principal
from auterity_server.access.refusals import Conflicting, NotAllowed, NotThere
from auterity_server.access.rights import Rights
from auterity_server.access.sessions import End, Sessions
from auterity_server.database.auditing import record
from auterity_server.database.ids import new_id
from auterity_server.database.tables.grants import grants
from auterity_server.database.tables.members import members
from auterity_server.database.tables.organisations import organisations
from auterity_server.database.tables.users import users
from auterity_server.etags import ANY_STATE, Expected
from auterity_server.mail.post import Post


class Invited(Struct, frozen=True):
    """A new member. `link` is the token with which somebody new signs in first, None for who had an account. `mail` is the
    id of the mail by which they are told instead."""

    user: str
    link: str | None
    mail: str | None = None


class Addressee(Struct, frozen=True):
    """Somebody to be invited. `proven`: the address was shown to be theirs."""

    user: str
    email: str
    name: str
    proven: bool


class Membership:
    """Who belongs to an organisation. All of it acts in that of the principal who asks, and in no other."""

    def __init__(
        self,
        rights: Rights,
        links: Links,
        sessions: Sessions,
        now: Callable[[], int],
        post: Post | None = None,
    ) -> None:
        self._rights = rights
        self._links = links
        self._sessions = sessions
        self._now = now
        self._post = post

    async def invite(self, by: Principal, email: str, name: str, grant: NewGrant) -> Invited:
        """Make somebody a member, with a first grant; where mail is sent, once they accept, if they have not shown yet that
        the address is theirs.

        Raises `Conflicting` where they are one already. Without mail also where the address has an account of an
        organisation whose people the inviter does not manage: nobody has shown that it is the same person's.
        """
        now = self._now()
        async with self._rights.writing() as connection:
            query = select(users.c.id, users.c.proven_at).where(users.c.email == email)
            known = (await connection.execute(query)).first()
            user = await add_user(connection, email, now) if known is None else str(known.id)
            proven = known is not None and known.proven_at is not None
            if self._post is None:
                return await self._add_with_link(connection, by, user, name, grant)
            person = Addressee(user, email, name, proven)
            invited = await self._invite_by_mail(connection, self._post, by, person, grant)
        self._tell(invited.mail)
        return invited

    async def make_owner(
        self, connection: AsyncConnection, by: Principal, organisation: str
    ) -> None:
        """Let who made an organisation own it, in the caller's transaction.

        Raises `NotAllowed` for who owns none yet: whoever may sign in somewhere does not make tenants.
        """
        owned = [g.place for g in by.grants if g.role is Role.OWNER]
        owned = [place for place in owned if place == Place(place.organisation)]
        if by.kind is not Kind.USER or not owned:
            raise NotAllowed("only an owner of an organisation may make another")
        query = select(members.c.name).where(_is(owned[0].organisation, by.id))
        name = (await connection.execute(query)).scalar_one()
        await own(connection, organisation, by.id, name, by.actor, self._now())
        self._rights.forget()

    async def of(self, organisation: str, user: str) -> Row[Any]:
        """A member, with the e-mail address. Raises `NotThere`."""
        async with self._rights.reading() as connection:
            return await _found(connection, organisation, user)

    async def change(
        self,
        by: Principal,
        user: str,
        values: Mapping[str, Any],
        expected: Expected = ANY_STATE,
    ) -> None:
        """Rename them (`name`), or say whether their grants count (`active`).

        Raises `NotThere`, `Conflicting` for the last owner, and `ChangedMeanwhile`.
        """
        async with self._rights.writing() as connection:
            expected.must_be(user_of(await _found(connection, by.organisation, user)))
            if values:
                await connection.execute(
                    update(members).where(_is(by.organisation, user)).values(values)
                )
                await must_keep_an_owner(connection, by.organisation)
                await self._end_if_nowhere(connection, user)
                details = {name: values[name] for name in values.keys() & {"active"}}
                await self._record(connection, by, "users:change", user, **details)

    async def remove(self, by: Principal, user: str, expected: Expected = ANY_STATE) -> None:
        """Take all their grants and the membership.

        Raises `NotThere`, `Conflicting` for the last owner, and `ChangedMeanwhile`.
        """
        async with self._rights.writing() as connection:
            expected.must_be(user_of(await _found(connection, by.organisation, user)))
            held = and_(
                grants.c.organisation_id == by.organisation,
                grants.c.holder == holder_name(Kind.USER, user),
            )
            await connection.execute(delete(grants).where(held))
            await connection.execute(delete(members).where(_is(by.organisation, user)))
            await must_keep_an_owner(connection, by.organisation)
            await self._end_if_nowhere(connection, user)
            await self._record(connection, by, "users:remove", user)

    async def new_link(self, by: Principal, user: str) -> Invited:
        """A link for somebody who lost the password, or a mail with one.

        Raises `Conflicting` where it would be shown, and they belong elsewhere too.
        """
        async with self._rights.writing() as connection:
            row = await _found(connection, by.organisation, user)
            await self._record(connection, by, "users:link", user)
            if self._post is None:
                await self._must_be_ours_alone(connection, user)
                return Invited(user, await self._links.make(connection, user, by.actor))
            mail = await self._mail_link(connection, self._post, by, row)
        self._tell(mail)
        return Invited(user, None, mail)

    def _tell(self, mail: str | None) -> None:
        if self._post is not None and mail is not None:
            self._post.tell(mail)

    async def _add_with_link(
        self, connection: AsyncConnection, by: Principal, user: str, name: str, grant: NewGrant
    ) -> Invited:
        elsewhere = await self._belongs_elsewhere(connection, by, user)
        await self._add(connection, by, user, name)
        await give(connection, by, Kind.USER, user, grant, self._now())
        # Never for an account that belongs elsewhere: the link would open it to whoever invites.
        link = None if elsewhere else await self._links.make(connection, user, by.actor)
        return Invited(user, link)

    async def _must_be_ours_alone(self, connection: AsyncConnection, user: str) -> None:
        joined = and_(members.c.user_id == user, members.c.invited.is_(False))
        query = select(func.count()).select_from(members).where(joined)
        if (await connection.execute(query)).scalar_one() > 1:
            raise Conflicting(
                "this person belongs to another organisation too, which the link would open"
            )

    async def _mail_link(
        self, connection: AsyncConnection, post: Post, by: Principal, row: Row[Any]
    ) -> str:
        """Send who is invited the invitation again, and who has joined a way to a new password."""
        now, user = self._now(), row.user_id
        if row.invited:
            person = Addressee(user, row.email, row.name, proven=False)
            return await self._mail_invitation(connection, post, by, person)
        token = await self._links.make_for_mail(connection, user, by.actor, post.asked)
        with fit_address():
            return await post.renew_password(connection, row.email, user, token, now)

    async def _invite_by_mail(
        self,
        connection: AsyncConnection,
        post: Post,
        by: Principal,
        person: Addressee,
        grant: NewGrant,
    ) -> Invited:
        now, user = self._now(), person.user
        await self._add(connection, by, user, person.name, invited=not person.proven)
        await give(connection, by, Kind.USER, user, grant, now)
        if not person.proven:
            mail = await self._mail_invitation(connection, post, by, person)
            return Invited(user, None, mail)
        title = await self._title(connection, by)
        with fit_address():
            mail = await post.welcome(connection, person.email, user, by.organisation, title, now)
        return Invited(user, None, mail)

    async def _mail_invitation(
        self, connection: AsyncConnection, post: Post, by: Principal, person: Addressee
    ) -> str:
        token = await self._links.make_for_mail(connection, person.user, by.actor, post.invited)
        title = await self._title(connection, by)
        with fit_address():
            return await post.invite(
                connection, person.email, person.user, by.organisation, title, token, self._now()
            )

    async def _title(self, connection: AsyncConnection, by: Principal) -> str:
        query = select(organisations.c.title).where(organisations.c.id == by.organisation)
        return str((await connection.execute(query)).scalar_one())

    async def _belongs_elsewhere(
        self, connection: AsyncConnection, by: Principal, user: str
    ) -> bool:
        """Whether they are a member of an organisation already; one who is of none begins anew."""
        joined = and_(members.c.user_id == user, members.c.invited.is_(False))
        query = select(members.c.organisation_id).where(joined)
        belongs = (await connection.execute(query)).scalars().all()
        if not belongs:
            # Whoever knew the password of the account may be anybody.
            await connection.execute(update(users).where(users.c.id == user).values(password=None))
            await self._sessions.end_all(connection, user, End.REMOVED)
            return False
        managed = any(by.may(Permission.USERS_MANAGE, Place(each)) for each in belongs)
        if not managed and by.organisation not in belongs:
            raise Conflicting(
                "this address has an account of another organisation",
                help="take another address of theirs, or let an owner of both organisations add them",
            )
        return True

    async def _add(
        self,
        connection: AsyncConnection,
        by: Principal,
        user: str,
        name: str,
        *,
        invited: bool = False,
    ) -> None:
        query = select(members.c.user_id).where(_is(by.organisation, user))
        if (await connection.execute(query)).first() is not None:
            raise Conflicting(
                "this person is a member already", help="give them a role with a grant"
            )
        await add_member(connection, by.organisation, user, name, self._now(), invited=invited)
        await self._record(connection, by, "users:add", user)

    async def _end_if_nowhere(self, connection: AsyncConnection, user: str) -> None:
        """Sign out who is active in no organisation any more."""
        joined = and_(members.c.user_id == user, members.c.invited.is_(False))
        active = and_(joined, members.c.active.is_(True))
        query = select(members.c.user_id).where(active)
        if (await connection.execute(query)).first() is None:
            await self._sessions.end_all(connection, user, End.REMOVED)

    async def _record(
        self, connection: AsyncConnection, by: Principal, action: str, user: str, **details: Any
    ) -> None:
        await record(
            connection,
            organisation_id=by.organisation,
            at=self._now(),
            actor=by.actor,
            action=action,
            noun=holder_name(Kind.USER, user),
            **details,
        )


async def add_user(connection: AsyncConnection, email: str, now: int) -> str:
    """The id of a new user, who has no password yet."""
    user = new_id("usr")
    await connection.execute(insert(users).values(id=user, email=email, created_at=now))
    return user


async def add_member(
    connection: AsyncConnection,
    organisation: str,
    user: str,
    name: str,
    now: int,
    *,
    invited: bool = False,
) -> None:
    """Make a user a member, with no grant yet; or let one who is invited become it."""
    await connection.execute(
        insert(members).values(
            organisation_id=organisation,
            user_id=user,
            name=name,
            active=True,
            invited=invited,
            created_at=now,
        )
    )


async def own(
    connection: AsyncConnection, organisation: str, user: str, name: str, by: str, now: int
) -> None:
    """Make a user a member of an organisation, and its owner."""
    await add_member(connection, organisation, user, name, now)
    owner = NewGrant(Role.OWNER, "organisation", organisation)
    await write_grant(connection, by, Kind.USER, user, owner, Place(organisation), now)


async def _found(connection: AsyncConnection, organisation: str, user: str) -> Row[Any]:
    query = (
        select(members, users.c.email)
        .join(users, users.c.id == members.c.user_id)
        .where(_is(organisation, user))
    )
    row = (await connection.execute(query)).first()
    if row is None:
        raise NotThere("user")
    return row


def _is(organisation: str, user: str) -> ColumnElement[bool]:
    return and_(members.c.organisation_id == organisation, members.c.user_id == user)
