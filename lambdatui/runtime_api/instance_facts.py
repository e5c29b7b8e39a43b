"""What a process in an environment may ask of where it runs: its credentials (SnapStart only) and its metadata."""

import hmac
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from lambdatui.net.request import Request
from lambdatui.runtime_api import answers

_METADATA_HEADERS = answers.JSON + b"Cache-Control: private, max-age=43200, immutable\r\n"
_UNKNOWN_TOKEN = b"cannot get credentials for the provided token\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Those of the function's role. ``expiration`` is RFC 3339, and must lie ahead: SDKs ask again before it."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    expiration: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Who does not show the right one learns nothing. What was restored has those of its snapshot."""

    credentials: str
    metadata: str

    @classmethod
    def minted(cls) -> "Tokens":
        return cls(credentials=str(uuid.uuid4()), metadata=str(uuid.uuid4()))


class InstanceFacts:
    """Answers those who show the token that each asks for."""

    def __init__(
        self, tokens: Tokens, *, credentials: Callable[[], Credentials] | None, availability_zone_id: str
    ) -> None:
        self._credentials = credentials
        self._zone = availability_zone_id
        self.tokens = tokens

    def credentials_asked(self, request: Request) -> None:
        """The service knows no other refusal here than 404."""
        if self._credentials is None or not _same(request.header(b"authorization"), self.tokens.credentials):
            answers.plain_error(request, 404, _UNKNOWN_TOKEN)
            return
        now = self._credentials()
        document = {
            "AccessKeyId": now.access_key_id,
            "SecretAccessKey": now.secret_access_key,
            "Token": now.session_token,
            "Expiration": now.expiration,
        }
        request.respond(200, answers.PLAIN, answers.go_json(document))

    def metadata_asked(self, request: Request) -> None:
        if not _same(request.header(b"authorization"), f"Bearer {self.tokens.metadata}"):
            answers.plain_error(request, 401, b"Unauthorized\n")
            return
        request.respond(200, _METADATA_HEADERS, answers.go_json({"AvailabilityZoneID": self._zone}))


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode(), secret.encode())
