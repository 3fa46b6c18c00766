import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from auterity_sdk.connections.mail import Mail
from auterity_sdk.connections.outbox import Outbox
from auterity_sdk.connections.secret import SecretReference
from auterity_sdk.connections.smtp import SmtpMailer
from auterity_sdk.errors import StepError

from .conftest import Mailbox, free_port

CERTIFICATE = Path(__file__).parent / "certificate.pem"
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
MAIL = Mail("jo@example.com", "Ihr Besuch: Jörg", "Hi Jörg\n.\nFrom here on")


@pytest.fixture
def ledger(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox.db")


def mailer(server: Controller, ledger: Outbox, **more: Any) -> SmtpMailer:
    return SmtpMailer(
        **{
            "host": "127.0.0.1",
            "port": server.port,
            "security": "none",
            "sender": "bdc@dealer.test",
            "sender_name": "Bayside, Motors",
            "ledger": ledger,
            **more,
        }
    )


async def refused(mailer: SmtpMailer) -> StepError:
    with pytest.raises(StepError) as raised:
        await mailer.send_mail(MAIL, key="k", at=NOW)
    return raised.value


async def test_a_mail_arrives_as_it_was_written(mail_server: Controller, ledger: Outbox) -> None:
    sent = await mailer(mail_server, ledger).send_mail(MAIL, key="k", at=NOW)
    (mail,) = mail_server.handler.mails
    assert mail["Subject"] == "Ihr Besuch: Jörg"
    assert mail["From"] == '"Bayside, Motors" <bdc@dealer.test>'
    assert mail["To"] == "jo@example.com"
    assert mail["Message-ID"] == f"<{sent}@dealer.test>"
    assert mail["Date"] == "Mon, 23 Nov 2026 15:00:00 +0000"
    assert mail.get_content().splitlines() == ["Hi Jörg", ".", "From here on"]


async def test_a_sent_mail_is_kept_and_not_sent_again(
    mail_server: Controller, ledger: Outbox
) -> None:
    first = await mailer(mail_server, ledger).send_mail(MAIL, key="k", at=NOW)
    again = await mailer(mail_server, ledger).send_mail(MAIL, key="k", at=NOW)
    assert first == again
    assert len(mail_server.handler.mails) == 1
    assert [(m.via, m.id) for m in ledger.messages("email")] == [("smtp", first)]


@pytest.mark.parametrize(
    ("answer", "kind", "retryable"),
    [
        ("450 busy with jo@example.com", "rate_limit", True),
        ("550 no jo@example.com", "refused", False),
    ],
)
async def test_a_refusal_tells_its_code_alone(
    mail_server: Controller, ledger: Outbox, answer: str, kind: str, retryable: bool
) -> None:
    mail_server.handler.answer = answer
    error = await refused(mailer(mail_server, ledger))
    assert (error.type, error.retryable) == (kind, retryable)
    assert answer[:3] in error.message
    assert "jo@" not in error.message
    assert ledger.messages() == []


async def test_no_server_may_be_tried_again(ledger: Outbox) -> None:
    closed = SmtpMailer("127.0.0.1", "bdc@dealer.test", ledger, port=free_port())
    error = await refused(closed)
    assert (error.type, error.retryable) == ("network", True)


async def test_a_server_without_encryption_is_refused(
    mail_server: Controller, ledger: Outbox
) -> None:
    error = await refused(mailer(mail_server, ledger, security="starttls"))
    assert (error.type, error.retryable) == ("insecure", False)
    assert mail_server.handler.mails == []


@pytest.fixture
def encrypted() -> Iterator[Controller]:
    """Takes mail after STARTTLS and a login only."""

    def known(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        right = (given.login, given.password) == (b"bdc", b"hush")
        return AuthResult(success=right, handled=False)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    server = Controller(
        Mailbox(),
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=known,
    )
    server.start()
    yield server
    server.stop()


def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(CERTIFICATE))


async def test_starttls_and_a_login_by_reference(
    encrypted: Controller, ledger: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "hush")
    secure = mailer(
        encrypted,
        ledger,
        host="localhost",
        security="starttls",
        username="bdc",
        password=SecretReference("env:MAIL_PASSWORD"),
        verify=trusting(),
    )
    await secure.send_mail(MAIL, key="k", at=NOW)
    assert len(encrypted.handler.mails) == 1
    assert "hush" not in repr(secure)


async def test_a_wrong_password_is_told_without_it(
    encrypted: Controller, ledger: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "wrong-hush")
    error = await refused(
        mailer(
            encrypted,
            ledger,
            host="localhost",
            security="starttls",
            username="bdc",
            password=SecretReference("env:MAIL_PASSWORD"),
            verify=trusting(),
        )
    )
    assert (error.type, error.retryable) == ("denied", False)
    assert "hush" not in error.message


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_certificate_for_another_name_or_of_nobody_is_refused(
    encrypted: Controller, ledger: Outbox, host: str
) -> None:
    verify = trusting() if host == "127.0.0.1" else None
    error = await refused(mailer(encrypted, ledger, host=host, security="starttls", verify=verify))
    assert error.type == "insecure"
    assert encrypted.handler.mails == []
