"""An OpenID Connect provider of a few lines, on a real port: it says who somebody is when it is told to."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa


class Provider(ThreadingHTTPServer):
    """`subject` and `email` are what the next token says; `asked` the forms that came to the token's door."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.subject, self.email, self.client = "subject-1", "somebody@provider.example", "client"
        self.issued_for = ""
        self.asked: list[dict[str, Any]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def token(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": self.issued_for or self.client, "sub": self.subject,
            "email": self.email,
            "email_verified": True, "name": "Somebody", "iat": now, "exp": now + 300,
        }  # fmt: skip
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "k1"})

    def jwks(self) -> dict[str, Any]:
        numbers = self.key.public_key().public_numbers()
        return {"keys": [{"kid": "k1", "kty": "RSA", "alg": "RS256", "use": "sig",
                          "n": _base64(numbers.n), "e": _base64(numbers.e)}]}  # fmt: skip

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


class _Talk(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        if self.path.endswith("openid-configuration"):
            issuer = self.server.issuer
            self._say(
                {
                    "issuer": issuer,
                    "authorization_endpoint": f"{issuer}/authorize",
                    "token_endpoint": f"{issuer}/token",
                    "jwks_uri": f"{issuer}/jwks",
                    "userinfo_endpoint": f"{issuer}/me",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )
        else:
            self._say(self.server.jwks())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append({name: values[0] for name, values in parse_qs(body).items()})
        self._say({"access_token": "at", "token_type": "Bearer", "id_token": self.server.token()})

    def _say(self, body: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: Any) -> None:
        """Quietly."""


def _base64(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
