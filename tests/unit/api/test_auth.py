import pytest

from lambdatui.api.auth import LOCAL_HOSTS, Access
from lambdatui.service.invoking import ServiceError

OPEN = Access()
GUARDED = Access(token="s3cret")


def refusal(access: Access, headers: dict[bytes, bytes], method: str = "POST") -> ServiceError:
    with pytest.raises(ServiceError) as raised:
        access.check(method, headers)
    return raised.value


@pytest.mark.parametrize(
    "host",
    [b"", b"localhost", b"LOCALHOST:9001", b"localhost.", b"127.0.0.1:9001", b"[::1]:9001", b"192.168.1.7",
     b"orders.localhost:9001", b"host.docker.internal:9001"],
)  # fmt: skip
def test_own_names_and_addresses_are_answered(host: bytes) -> None:
    OPEN.check("POST", {b"host": host})


def test_http_1_0_without_a_host_is_answered() -> None:
    OPEN.check("POST", {})


@pytest.mark.parametrize("host", [b"evil.example", b"evil.example:9001", b"localhost.evil.example", b"127.0.0.1.evil"])
def test_foreign_name_for_this_machine_is_refused(host: bytes) -> None:
    error = refusal(OPEN, {b"host": host})
    assert (error.status_code, error.name) == (403, "AccessDeniedException")
    assert f"'{host.decode()}'" in error.message


def test_configured_name_is_answered() -> None:
    Access(hosts=LOCAL_HOSTS | {"build-box"}).check("POST", {b"host": b"build-box:9001"})


def test_any_name_is_answered_where_no_names_are_set() -> None:
    Access(hosts=None).check("POST", {b"host": b"lambdatui.compose.internal"})


@pytest.mark.parametrize("origin", [b"http://localhost:9001", b"https://localhost:9001"])
def test_page_of_the_engine_itself_may_call_it(origin: bytes) -> None:
    OPEN.check("POST", {b"host": b"localhost:9001", b"origin": origin})


@pytest.mark.parametrize("access", [OPEN, GUARDED, Access(hosts=None)], ids=["open", "guarded", "any host"])
@pytest.mark.parametrize("origin", [b"https://evil.example", b"null", b"http://localhost:3000", b""])
def test_page_of_another_site_is_refused(access: Access, origin: bytes) -> None:
    headers = {b"host": b"localhost:9001", b"origin": origin, b"x-lambdatui-token": b"s3cret"}
    assert refusal(access, headers).message == "Web pages of other sites may not call this engine."


def test_image_or_script_of_another_site_is_refused() -> None:
    headers = {b"host": b"localhost:9001", b"sec-fetch-site": b"cross-site", b"sec-fetch-mode": b"no-cors"}
    assert refusal(OPEN, headers).status_code == 403


LINK = {b"host": b"localhost:9001", b"sec-fetch-site": b"cross-site", b"sec-fetch-mode": b"navigate"}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_link_from_another_site_may_be_followed(method: str) -> None:
    OPEN.check(method, LINK)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_form_of_another_site_that_hides_its_origin_is_refused(method: str) -> None:
    assert refusal(OPEN, LINK, method).message == "Web pages of other sites may not call this engine."


@pytest.mark.parametrize(
    "headers",
    [
        {b"authorization": b"Bearer s3cret"},
        {b"authorization": b"bearer  s3cret"},
        {b"x-lambdatui-token": b"s3cret"},
        {b"authorization": b"AWS4-HMAC-SHA256 Credential=s3cret/20260101/us-east-1/lambda/aws4_request, Signature=0"},
    ],
)
def test_token_is_accepted_in_each_spelling(headers: dict[bytes, bytes]) -> None:
    GUARDED.check("POST", headers)


@pytest.mark.parametrize("headers", [{}, {b"authorization": b"Basic czNjcmV0"}])
def test_missing_token_is_refused_with_how_to_send_it(headers: dict[bytes, bytes]) -> None:
    error = refusal(GUARDED, headers)
    assert (error.status_code, error.name) == (403, "MissingAuthenticationTokenException")
    assert "Authorization: Bearer" in error.message


@pytest.mark.parametrize(
    "headers",
    [
        {b"authorization": b"Bearer s3cre"},
        {b"authorization": b"Bearer "},
        {b"x-lambdatui-token": b"\xff"},
        {b"authorization": b"AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/lambda/aws4_request"},
    ],
)
def test_wrong_token_is_refused(headers: dict[bytes, bytes]) -> None:
    error = refusal(GUARDED, headers)
    assert (error.status_code, error.name) == (403, "UnrecognizedClientException")
