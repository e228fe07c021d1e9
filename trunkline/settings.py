"""The process's settings: the only reader of the environment (and of ``.env``)."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from trunkline.errors import SettingsError


def _url(schemes: tuple[str, ...]) -> BeforeValidator:
    def check(value: object) -> object:
        if value in (None, ""):
            return None
        text = str(value).rstrip("/")
        if not text.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ValueError(f"expected {' or '.join(f'{scheme}://…' for scheme in schemes)}")
        return text

    return BeforeValidator(check)


def _limit(value: object) -> object:
    text = str(value).strip().lower()
    if text == "auto":
        return text
    if not text.isdecimal() or int(text) < 1:
        raise ValueError("expected a number of calls, 1 or more, or auto")
    return int(text)


HttpUrl = Annotated[str | None, _url(("https", "http"))]
VendorUrl = Annotated[str | None, _url(("https", "http", "wss", "ws"))]

REQUIRED = ("TWILIO_AUTH_TOKEN", "DEEPGRAM_API_KEY", "OPENAI_API_KEY")
"""What a server cannot answer a phone without."""


class Settings(BaseSettings):
    """What a process knows before the first call; frozen."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True
    )

    public_url: HttpUrl = Field(None, alias="TRUNKLINE_PUBLIC_URL")
    """``https://…`` under which Twilio reaches us; taken from each request when unset."""
    database_url: str = Field("sqlite+aiosqlite:///trunkline.db", alias="TRUNKLINE_DATABASE_URL")
    """SQLAlchemy URL of the call store."""
    campaign_database_url: str | None = Field(None, alias="TRUNKLINE_CAMPAIGN_DATABASE_URL")
    """Where campaigns queue their calls; beside the call store when unset."""
    redis_url: str | None = Field(None, alias="TRUNKLINE_REDIS_URL")
    max_calls: Annotated[int | Literal["auto"], BeforeValidator(_limit)] = Field(
        "auto", alias="TRUNKLINE_MAX_CALLS"
    )
    """Calls that this process takes at once; ``auto`` to measure what it can."""
    deepgram_stt_streams: int | None = Field(None, alias="TRUNKLINE_DEEPGRAM_STT_STREAMS", ge=1)
    """Listening streams of Deepgram that this process may use at once; unlimited when unset."""
    deepgram_tts_streams: int | None = Field(None, alias="TRUNKLINE_DEEPGRAM_TTS_STREAMS", ge=1)
    """Speaking streams, likewise."""
    warm_sockets: int = Field(2, alias="TRUNKLINE_WARM_SOCKETS", ge=0)
    """Sockets to Deepgram that wait, of each sort that the lines use; 0 for none."""
    secret: SecretStr | None = Field(None, alias="TRUNKLINE_SECRET")
    """Signs tickets; random at start when unset, so required with more than one process."""
    console_password: SecretStr | None = Field(None, alias="TRUNKLINE_CONSOLE_PASSWORD")
    metrics_token: SecretStr | None = Field(None, alias="TRUNKLINE_METRICS_TOKEN")
    """What a reader of ``/metrics`` sends as a bearer; without it, neighbours may read and others may not."""
    otlp_endpoint: HttpUrl = Field(None, alias="TRUNKLINE_OTLP_ENDPOINT")
    """OpenTelemetry collector that spans of calls are sent to, by HTTP; none when unset."""
    otel_endpoint: HttpUrl = Field(None, alias="OTEL_EXPORTER_OTLP_ENDPOINT")
    """The same, by OpenTelemetry's name."""
    otel_headers: SecretStr | None = Field(None, alias="OTEL_EXPORTER_OTLP_HEADERS")
    """``name=value,…`` that the collector wants, such as a key."""
    otel_service_name: str = Field("trunkline", alias="OTEL_SERVICE_NAME")
    log_level: str = Field("INFO", alias="TRUNKLINE_LOG_LEVEL")
    recordings: Path = Field(Path("recordings"), alias="TRUNKLINE_RECORDINGS")
    """Folder for the recordings of calls, and for what ``trunkline call`` leaves."""

    prices: Path | None = Field(None, alias="TRUNKLINE_PRICES")
    """TOML or JSON file with what vendors charge; their list prices when unset."""

    twilio_account_sid: str | None = Field(None, alias="TWILIO_ACCOUNT_SID")
    twilio_auth_token: SecretStr | None = Field(None, alias="TWILIO_AUTH_TOKEN")
    twilio_api_key_sid: str | None = Field(None, alias="TWILIO_API_KEY_SID")
    twilio_api_key_secret: SecretStr | None = Field(None, alias="TWILIO_API_KEY_SECRET")
    twilio_base_url: HttpUrl = Field(None, alias="TWILIO_BASE_URL")
    deepgram_api_key: SecretStr | None = Field(None, alias="DEEPGRAM_API_KEY")
    deepgram_base_url: VendorUrl = Field(None, alias="DEEPGRAM_BASE_URL")
    openai_api_key: SecretStr | None = Field(None, alias="OPENAI_API_KEY")
    openai_base_url: HttpUrl = Field(None, alias="OPENAI_BASE_URL")

    def missing(self, names: Iterable[str] = REQUIRED) -> list[str]:
        """Those of the variables that are not set."""
        fields = {field.alias: name for name, field in type(self).model_fields.items()}
        return [name for name in names if getattr(self, fields[name]) in (None, "")]

    def require(self, names: Iterable[str] = REQUIRED) -> None:
        """Raises:
        SettingsError: some of the variables are not set; the message names them all.
        """
        if missing := self.missing(names):
            raise SettingsError(
                f"{', '.join(missing)} not set: put {'it' if len(missing) == 1 else 'them'} into the "
                "environment or into .env; `trunkline doctor` checks all settings, "
                "`trunkline call FILE` needs none"
            )


def load(**overrides: object) -> Settings:
    """The settings of the environment, with some values given.

    Raises:
        SettingsError: a variable's value does not fit; never repeats a secret.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False)]
        raise SettingsError(f"settings do not fit: {'; '.join(problems)}") from None


def reveal(secret: SecretStr | None) -> str:
    """The value of a secret, where a vendor needs it; empty when unset."""
    return secret.get_secret_value() if secret else ""
