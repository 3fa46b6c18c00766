"""The settings of the server come from the environment, and say what is wrong with them."""

from pathlib import Path

import pytest

from auterity_sdk.errors import ConfigurationError
from auterity_server.settings import Settings
from auterity_server.wiring import wire


def test_without_any_variable_only_this_machine_is_listened_to() -> None:
    settings = Settings.from_environment({"PATH": "/bin", "AUTERITY_SECRET_KEY": "x"})
    assert (settings.host, settings.is_loopback, settings.cors_origins) == ("127.0.0.1", True, ())


def test_variables_are_read() -> None:
    settings = Settings.from_environment(
        {
            "AUTERITY_PORT": "9000",
            "AUTERITY_ACCESS_TOKEN_LIFETIME": "5m",
            "AUTERITY_CORS_ORIGINS": "https://a.example, https://b.example",
            "AUTERITY_HOST": "0.0.0.0",  # noqa: S104 - not listened on
        }
    )
    assert settings.port == 9000
    assert settings.access_token_lifetime.seconds == 300
    assert settings.cors_origins == ("https://a.example", "https://b.example")
    assert not settings.is_loopback


def test_another_process_gets_the_same_settings_by_variables() -> None:
    given = {
        "AUTERITY_DATA": "/somewhere",
        "AUTERITY_CORS_ORIGINS": "https://a.example, https://b.example",
        "AUTERITY_ACCESS_TOKEN_LIFETIME": "5m",
        "AUTERITY_METRICS_TOKEN": "a long and secret one",
        "AUTERITY_NOW": "2026-11-24T15:00:00Z",
        "AUTERITY_TASK_EVENTS": "true",
        "AUTERITY_PROBE_PORT": "9001",
    }
    settings = Settings.from_environment(given)
    told = settings.as_environment()
    assert (set(told), Settings.from_environment(told)) == (set(given), settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUTERITY_PORT", "hunter2"),
        ("AUTERITY_BCRYPT_COST", "3"),
        ("AUTERITY_PUBLIC_URL", "hunter2"),
    ],
)
def test_a_wrong_variable_is_named_without_its_value(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        Settings.from_environment({name: value})
    assert told.value.message.startswith(f"{name}: ")
    assert "hunter2" not in told.value.message


def test_a_wrong_database_is_told_without_its_password(tmp_path: Path) -> None:
    for url in ("nothing://user:hunter2@there/x", "not a url hunter2"):
        with pytest.raises(ConfigurationError) as told:
            wire(Settings(data=tmp_path / "data", database_url=url))
        assert "hunter2" not in str(told.value) + str(told.value.help)


def test_a_data_folder_that_others_may_read_is_refused(tmp_path: Path) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir(mode=0o755)
    with pytest.raises(ConfigurationError, match="others may read"):
        wire(Settings(data=open_to_all))


def test_all_that_is_kept_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    wire(Settings(data=tmp_path / "data"))
    kept = [tmp_path / "data", *(tmp_path / "data").rglob("*")]
    assert [path for path in kept if path.stat().st_mode & 0o077] == []
