"""What gives mail to the outbox: in the transaction of what the mail tells of, sealed, and told of after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_sdk.connections.mail import Mail
from auterity_sdk.runtime.seal import SealKey
from auterity_server.database.ids import new_id
from auterity_server.database.mails import NewMail, put
from auterity_server.mail import texts
from auterity_server.settings import Settings

_DAY = 86_400_000
_MINUTE = 60_000


class Kind(StrEnum):
    """What a mail is for."""

    INVITATION = "invitation"
    JOINED = "joined"
    PASSWORD = "password"  # noqa: S105 - what the mail is for
    NOTIFICATION = "notification"


class Post:
    """Writes the server's mails. `url` is how people reach the server; `tell` is to be told of a mail once its
    transaction is over.

    `invited` and `asked` are for how long the links of invitations and of new passwords are good, in milliseconds.
    """

    def __init__(
        self, seal: SealKey, url: str, invited: int, asked: int, tell: Callable[[str], None]
    ) -> None:
        self._seal = seal
        self.url = url.rstrip("/")
        self.invited = invited
        self.asked = asked
        self.tell = tell

    async def invite(
        self,
        connection: AsyncConnection,
        to: str,
        user: str,
        organisation: str,
        title: str,
        token: str,
        at: int,
    ) -> str:
        """The id of a mail with the link by which an invitation is accepted. Raises `StepError` for an address to which no
        mail can go."""
        text = texts.invitation(title, self._link(token), max(1, self.invited // _DAY))
        good_until = at + min(_DAY, self.invited)
        return await self._put(
            connection, Kind.INVITATION, to, organisation, user, text, at, good_until
        )

    async def welcome(
        self,
        connection: AsyncConnection,
        to: str,
        user: str,
        organisation: str,
        title: str,
        at: int,
    ) -> str:
        """The id of a mail that tells somebody with an account where they belong now. Raises as `invite`."""
        text = texts.joined(title, self.url)
        return await self._put(connection, Kind.JOINED, to, organisation, user, text, at, at + _DAY)

    async def renew_password(
        self, connection: AsyncConnection, to: str, user: str, token: str, at: int
    ) -> str:
        """The id of a mail with the link by which a new password is set. Raises as `invite`."""
        text = texts.new_password(self._link(token), max(1, self.asked // _MINUTE))
        good_until = at + min(_DAY, self.asked)
        return await self._put(connection, Kind.PASSWORD, to, "", user, text, at, good_until)

    async def notify(
        self,
        connection: AsyncConnection,
        to: str,
        user: str,
        organisation: str,
        matters: Sequence[texts.Matter],
        at: int,
    ) -> str:
        """The id of a mail that tells somebody of what waits for them. Raises as `invite`."""
        text = texts.notification(matters)
        kind = Kind.NOTIFICATION
        return await self._put(connection, kind, to, organisation, user, text, at, at + _DAY)

    def _link(self, token: str) -> str:
        return f"{self.url}/sign-in#{token}"

    async def _put(
        self,
        connection: AsyncConnection,
        kind: Kind,
        to: str,
        organisation: str,
        user: str,
        text: texts.Text,
        at: int,
        good_until: int,
    ) -> str:
        mail = Mail(to, text.subject, text.body)
        made = new_id("mai")
        sealed = self._seal.seal([mail.to, mail.subject, mail.body], f"mail {made}")
        await put(connection, NewMail(made, kind, organisation, user, sealed, at, good_until))
        return made


def opened(seal: SealKey, id: str, sealed: str) -> Mail:
    """A mail as it was written. Raises `StoreUnavailable` where the key is another one."""
    to, subject, body = seal.open(sealed, f"mail {id}")
    return Mail(to, subject, body)


def post_of(settings: Settings, seal: SealKey, tell: Callable[[str], None]) -> Post:
    """The post by these settings."""
    invited, asked = settings.invitation_lifetime, settings.link_lifetime
    return Post(seal, settings.public_url, invited.milliseconds, asked.milliseconds, tell)
