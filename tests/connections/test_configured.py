from pathlib import Path
from typing import Any

import pytest

from auterity_sdk.connections.configured import configured
from auterity_sdk.connections.guarded_web import GuardedWeb
from auterity_sdk.connections.mail import Mailer
from auterity_sdk.connections.outbox import Outbox
from auterity_sdk.connections.records import Records
from auterity_sdk.connections.secret import SecretReference
from auterity_sdk.connections.sms import TextMessenger
from auterity_sdk.connections.smtp import SmtpMailer
from auterity_sdk.connections.sqlite_records import SqliteRecords
from auterity_sdk.connections.tasks import TaskList
from auterity_sdk.connections.web import Web
from auterity_sdk.errors import ConfigurationError

SMTP = {"use": "smtp", "host": "mail.test", "sender": "bdc@dealer.test"}
LOGIN = {"username": "bdc", "password": "env:MAIL_PASSWORD"}


def test_without_settings_all_goes_to_the_local_outbox(tmp_path: Path) -> None:
    found = configured({}, tmp_path / ".auterity")
    messengers = [found.get(port) for port in (TextMessenger, Mailer, TaskList)]
    assert all(isinstance(messenger, Outbox) for messenger in messengers)
    assert isinstance(found.get(Records), SqliteRecords)
    assert found.get(Web) == GuardedWeb()
    assert not (tmp_path / ".auterity").exists()


def test_a_mail_server_is_used_once_it_is_configured(tmp_path: Path) -> None:
    found = configured({"office": {**SMTP, **LOGIN}}, tmp_path)
    mailer = found.get(Mailer)
    assert isinstance(mailer, SmtpMailer)
    assert (mailer.host, mailer.port, mailer.security) == ("mail.test", 587, "starttls")
    assert mailer.password == SecretReference("env:MAIL_PASSWORD")
    assert isinstance(found.get(TextMessenger), Outbox)


def test_a_connection_is_chosen_by_name(tmp_path: Path) -> None:
    found = configured(
        {"a": SMTP, "b": {**SMTP, "host": "b.test"}, "dry": {"use": "outbox"}}, tmp_path
    )
    chosen = found.get(Mailer, "b")
    assert isinstance(chosen, SmtpMailer)
    assert chosen.host == "b.test"
    assert isinstance(found.get(Mailer, "dry"), Outbox)
    with pytest.raises(ConfigurationError, match="several connections serve email: a, b, dry"):
        found.get(Mailer)


def test_the_usual_one_has_the_ports_name(tmp_path: Path) -> None:
    found = configured({"a": SMTP, "email": {**SMTP, "host": "usual.test"}}, tmp_path)
    mailer = found.get(Mailer)
    assert isinstance(mailer, SmtpMailer)
    assert mailer.host == "usual.test"


@pytest.mark.parametrize("name", ["nowhere", "mail"])
def test_a_name_that_serves_no_such_port_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"no sms connection `{name}`"):
        configured({"mail": SMTP}, tmp_path).get(TextMessenger, name)


def test_a_port_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no connection can serve"):
        configured({}, tmp_path).get(Path)


def test_named_hosts_are_known_to_all_of_http(tmp_path: Path) -> None:
    crm = {
        "use": "http",
        "url": "http://CRM.internal:8080/api",
        "headers": {"Authorization": "env:T"},
    }
    dms = {"use": "http", "url": "https://dms.internal"}
    found = configured({"crm": crm, "dms": dms}, tmp_path)
    named = frozenset({("http", "crm.internal", 8080), ("https", "dms.internal", 443)})
    plain, own = found.get(Web), found.get(Web, "crm")
    assert plain == GuardedWeb(named=named)
    assert own == GuardedWeb(
        named=named,
        address="http://CRM.internal:8080/api",
        headers={"Authorization": SecretReference("env:T")},
    )


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "does not say what it uses"),
        ("smtp", "does not say what it uses"),
        ({"use": "stmp"}, "`stmp`, which is not known"),
        ({"use": "smtp", "host": "x"}, "sender"),
        ({**SMTP, "hots": 1}, "hots"),
        ({**SMTP, "port": 0}, "port"),
        ({**SMTP, "security": "none"}, "on this machine"),
        ({**SMTP, "username": "bdc"}, "come together"),
        ({**SMTP, "username": "bdc", "password": "hush"}, "env:NAME"),
        ({"use": "http", "url": "ftp://x"}, "http or https"),
        ({"use": "http", "url": "https://bdc:hush@x.test"}, "without credentials"),
        ({"use": "http", "url": "https://x.test", "headers": {"X-Api-Key": "hush"}}, "X-Api-Key"),
        ({"use": "http", "url": "https://x.test:99999"}, "http or https"),
        ({"use": "http", "url": "https://" + "a" * 70 + ".test"}, "http or https"),
        ({"use": "outbox", "path": "x"}, "path"),
    ],
)
def test_wrong_settings_are_told_by_table_and_key(tmp_path: Path, table: Any, message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        configured({"name": table}, tmp_path)
    assert raised.value.message.startswith("[connections.name]")
    assert message in raised.value.message
    assert "hush" not in f"{raised.value.message}{raised.value.help}"


def test_a_close_name_is_suggested(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        configured({"x": {"use": "stmp"}}, tmp_path)
    assert raised.value.help == "did you mean smtp?"


def test_a_secret_is_read_when_it_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret"
    by_file, by_name = SecretReference(f"file:{file}"), SecretReference("env:AUTERITY_TEST_SECRET")
    for reference in (by_file, by_name):
        with pytest.raises(ConfigurationError, match="is not there or empty"):
            reference.reveal()
    file.write_text("hush\n")
    monkeypatch.setenv("AUTERITY_TEST_SECRET", "hush")
    assert by_file.reveal() == by_name.reveal() == "hush"
    assert "hush" not in f"{by_name!r}{by_name}"
