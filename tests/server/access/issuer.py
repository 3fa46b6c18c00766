"""An issuer of OpenID Connect on loopback, as a CI service has one: its description, its keys, and tokens."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from auterity_server.access.issuers import DISCOVERY


@dataclass
class Issuer:
    url: str
    private: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    curve: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    others: list[dict[str, Any]] = field(default_factory=list)
    described: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def pem(self) -> bytes:
        """The public key as text, which somebody might use as a secret."""
        return self.private.public_key().public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        )

    def keys(self) -> list[dict[str, Any]]:
        first = json.loads(RSAAlgorithm.to_jwk(self.private.public_key()))
        second = json.loads(ECAlgorithm.to_jwk(self.curve.public_key()))
        return [
            {**first, "kid": "one", "use": "sig", "alg": "RS256"},
            {**second, "kid": "two", "use": "sig"},
            *self.others,
        ]

    def answer(self, path: str) -> Any:
        self.asked.append(path)
        if path == DISCOVERY:
            return {"issuer": self.url, "jwks_uri": f"{self.url}/keys", **self.described}
        return {"keys": self.keys()} if path == "/keys" else None

    def claims(self, **changed: Any) -> dict[str, Any]:
        now = int(time.time())
        said = {
            "iss": self.url,
            "aud": "https://auterity.example",
            "sub": "repo:smith-auto/workflows:ref:refs/heads/main",
            "repository": "smith-auto/workflows",
            "ref": "refs/heads/main",
            "iat": now,
            "nbf": now,
            "exp": now + 300,
        } | changed
        return {name: value for name, value in said.items() if value is not None}

    def token(
        self, *, key: Any = None, algorithm: str = "RS256", kid: str = "one", **more: Any
    ) -> str:
        header = {"kid": kid, **more.pop("header", {})}
        signs = self.private if key is None else key
        return jwt.encode(self.claims(**more), signs, algorithm, headers=header)


@contextmanager
def serving() -> Iterator[Issuer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = issuer.answer(self.path)
            body = json.dumps(found).encode()
            self.send_response(200 if found is not None else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer = Issuer(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
