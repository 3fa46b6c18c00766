"""The secrets of one environment, as attempts of its runs ask for them."""

from __future__ import annotations

from collections.abc import Iterable

from auterity_sdk.errors import ConfigurationError
from auterity_sdk.runtime.seal import SealKey
from auterity_server.database.environment_secrets import KeptSecret


def seal_secret(seal: SealKey, environment_id: str, name: str, value: str) -> str:
    """The text that is kept in the place of a secret's value."""
    return seal.seal(value, _bound(environment_id, name))


class HeldSecrets:
    """See the engine's `Secrets`. What is held is sealed: each is opened when an attempt asks for it."""

    def __init__(self, environment_id: str, seal: SealKey) -> None:
        self._environment_id = environment_id
        self._seal = seal
        self._sealed: dict[str, str] = {}

    def hold(self, kept: Iterable[KeptSecret]) -> None:
        """These are the secrets from now on: the next attempt is given them."""
        self._sealed = {each.name: each.sealed for each in kept}

    def __call__(self, name: str) -> str:
        """The value of a secret. Raises `ConfigurationError`, `StoreUnavailable`."""
        sealed = self._sealed.get(name)
        if sealed is None:
            raise ConfigurationError(
                f"there is no secret `{name}` in this environment",
                help=f"auterity secrets set {name}",
            )
        return str(self._seal.open(sealed, _bound(self._environment_id, name)))


def _bound(environment_id: str, name: str) -> str:
    return f"the secret {name} of {environment_id}"
