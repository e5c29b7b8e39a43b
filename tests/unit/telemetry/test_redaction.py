import pytest

from lambdatui.telemetry.redaction import HIDDEN, is_secret, redacted


@pytest.mark.parametrize(
    "name",
    [
        "DB_PASSWORD",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "STRIPE_API_KEY",
        "API_KEYS",
        "apiKey",
        "githubToken",
        "GITHUB_TOKEN",
        "MYSECRET",
        "db.password",
        "SMTP_PWD",
        "SENTRY_DSN",
        "JWT_SIGNING_KEY_2",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "BASIC_AUTH",
        "PRIVATE-KEY",
    ],
)
def test_name_that_says_secret_is_secret(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "TABLE_NAME",
        "MONKEY",
        "KEYBOARD_LAYOUT",
        "AUTHOR",
        "LOG_LEVEL",
        "PWD",
        "DONKEY_COUNT",
        "TOKENIZER_PATH",
        "STAGE",
    ],
)
def test_name_that_only_looks_like_it_is_not_secret(name: str) -> None:
    assert not is_secret(name)


def test_secret_values_are_hidden_and_the_others_stay() -> None:
    assert redacted({"TABLE": "orders", "API_KEY": "sk-123", "TOKEN": ""}) == {
        "TABLE": "orders",
        "API_KEY": HIDDEN,
        "TOKEN": "",
    }


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgres://app:s3cr3t@db:5432/orders", f"postgres://app:{HIDDEN}@db:5432/orders"),
        ("redis://:s3cr3t@cache", f"redis://:{HIDDEN}@cache"),
        ("postgres://app:p@ss@db/orders", f"postgres://app:{HIDDEN}@db/orders"),
        ("amqp://a:one@h1,amqp://b:two@h2", f"amqp://a:{HIDDEN}@h1,amqp://b:{HIDDEN}@h2"),
    ],
)
def test_password_inside_a_url_is_hidden(url: str, shown: str) -> None:
    assert redacted({"DATABASE_URL": url}) == {"DATABASE_URL": shown}


def test_url_without_a_password_stays() -> None:
    url = {"QUEUE_URL": "http://127.0.0.1:9324/queue/orders"}
    assert redacted(url) == url
