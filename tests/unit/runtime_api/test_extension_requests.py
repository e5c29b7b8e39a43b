"""What of an extension's call is refused without a look at any state, and in which words."""

import pytest

from lambdatui.net.request import Request
from lambdatui.runtime_api.extension_requests import (
    RefusedRequest,
    Registration,
    extension_identifier,
    posted_error_type,
    registration,
)

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
REGISTRATION = 'struct { handler.RegisterRequest; ConfigurationKeys []string "json:\\"configurationKeys\\"" }'


def request(body: bytes = b"", **headers: str) -> Request:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    made = Request("POST", "/", "", pairs)
    made.body = body
    return made


def refusal(made: Request) -> tuple[int, str, str]:
    with pytest.raises(RefusedRequest) as refused:
        registration(made)
    found = refused.value.refusal
    return found.status_code, found.error_type, found.message


@pytest.mark.parametrize(
    ("body", "events"),
    [
        (b'{"events":["INVOKE","SHUTDOWN"]}', ("INVOKE", "SHUTDOWN")),
        (b'{"events":[]}', ()),
        (b"{}", ()),
        (b"null", ()),
        (b'{"events":null,"configurationKeys":[]}', ()),
        (b'{"EVENTS":["INVOKE"],"other":{"events":1}}', ("INVOKE",)),
        (b'{"events":["SHUTDOWN"],"events":["INVOKE"]}', ("INVOKE",)),
    ],
)
def test_a_registration_holds_the_events_that_were_asked_for(body: bytes, events: tuple[str, ...]) -> None:
    assert registration(request(body, lambda_extension_name="ext")) == Registration("ext", events, False)


@pytest.mark.parametrize(
    ("features", "wanted"),
    [("accountId", True), ("other, accountId", True), ("accountid", False), ("", False)],
)
def test_the_account_is_told_to_who_accepts_it(features: str, wanted: bool) -> None:
    made = request(b"{}", lambda_extension_name="ext", lambda_extension_accept_feature=features)
    assert registration(made).wants_account_id is wanted


def test_a_missing_name_is_found_before_a_wrong_body() -> None:
    assert refusal(request(b"no")) == (403, "Extension.InvalidExtensionName", "Empty extension name")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "unexpected end of JSON input"),
        (b"[]", f"json: cannot unmarshal array into Go value of type {REGISTRATION}"),
        (b'"INVOKE"', f"json: cannot unmarshal string into Go value of type {REGISTRATION}"),
        (b'{"events":"INVOKE"}', "json: cannot unmarshal string into Go struct field .events of type []core.Event"),
        (b'{"events":{}}', "json: cannot unmarshal object into Go struct field .events of type []core.Event"),
        (b'{"events":["INVOKE",1.5]}', "json: cannot unmarshal number into Go struct field .events of type core.Event"),
        (
            b'{"configurationKeys":[true]}',
            "json: cannot unmarshal bool into Go struct field .configurationKeys of type string",
        ),
        (b'{"configurationKeys":["a"]}', "configurationKeys are deprecated; use environment variables instead"),
    ],
)
def test_a_body_of_the_wrong_form_is_refused_in_the_words_of_the_decoder(body: bytes, message: str) -> None:
    assert refusal(request(body, lambda_extension_name="ext")) == (403, "InvalidRequestFormat", message)


@pytest.mark.parametrize(("body", "named"), [(b'{"events":["INVOKE","invoke"]}', "invoke"), (b'{"events":[null]}', "")])
def test_an_event_that_does_not_exist_is_refused_by_name(body: bytes, named: str) -> None:
    assert refusal(request(body, lambda_extension_name="ext")) == (
        403,
        "Extension.InvalidEventType",
        f"{named}: ErrorInvalidEventType",
    )


@pytest.mark.parametrize("given", [ID, ID.upper(), f"{{{ID}}}", f"urn:uuid:{ID}", ID.replace("-", "")])
def test_an_identifier_in_any_form_of_a_uuid_is_the_same(given: str) -> None:
    assert extension_identifier(request(lambda_extension_identifier=given)) == ID


@pytest.mark.parametrize(
    ("given", "error_type", "message"),
    [
        ("", "Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header"),
        ("x", "Extension.InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier"),
        (ID[:-1], "Extension.InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier"),
        (ID + "0", "Extension.InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier"),
        (ID[:-1] + "g", "Extension.InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier"),
    ],
)
def test_an_identifier_that_is_none_is_refused(given: str, error_type: str, message: str) -> None:
    with pytest.raises(RefusedRequest, match=message) as refused:
        extension_identifier(request(lambda_extension_identifier=given))
    assert (refused.value.refusal.status_code, refused.value.refusal.error_type) == (403, error_type)


def test_an_error_needs_a_type() -> None:
    assert posted_error_type(request(lambda_extension_function_error_type="Extension.Mine")) == "Extension.Mine"
    with pytest.raises(RefusedRequest, match="Lambda-Extension-Function-Error-Type not found") as refused:
        posted_error_type(request())
    assert refused.value.refusal.error_type == "Extension.MissingHeader"
