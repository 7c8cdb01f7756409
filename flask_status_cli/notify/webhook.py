"""Sends messages to a URL: POSTs the JSON."""

from __future__ import annotations

from flask_status_cli import __version__
from flask_status_cli.model import Notice
from flask_status_cli.notify.message import DeliveryError

SCHEMES = ("http", "https")


def post(url: str, notice: Notice, seconds: float) -> None:
    """Send a message to a URL. Raises `DeliveryError` unless the answer is 2xx. Redirects are not followed.

    The header `Idempotency-Key` is the same each time a message is sent.
    """
    import http.client
    import urllib.error
    import urllib.request

    if url.partition("://")[0].lower() not in SCHEMES:
        raise DeliveryError("is not an http:// or https:// URL")
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"flask-status/{__version__}",
        "Idempotency-Key": notice.key,
    }
    try:
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked above
            url, notice.body.encode(), headers, method="POST"
        )
        with urllib.request.build_opener(_no_redirects()).open(request, timeout=seconds):
            pass
    except urllib.error.HTTPError as error:
        error.close()
        where = " (redirects are not followed)" if 300 <= error.code < 400 else ""
        raise DeliveryError(f"answered {error.code}{where}") from None
    except TimeoutError:
        raise DeliveryError(f"no answer within {seconds:g} seconds") from None
    except urllib.error.URLError as error:
        reason = error.reason
        raise DeliveryError(
            _words(reason) if isinstance(reason, OSError) else str(reason)
        ) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise DeliveryError(_words(error)) from None


def _words(error: Exception) -> str:
    """Return the reason of an error without the URL, which may contain a secret."""
    strerror = getattr(error, "strerror", None)
    return str(strerror or type(error).__name__)


def _no_redirects() -> type:
    import urllib.request

    class NoRedirects(urllib.request.HTTPRedirectHandler):
        """Follows no redirect, which could lead to another scheme and would turn a POST into a GET."""

        def redirect_request(self, *_: object, **__: object) -> None:
            """Return no request, so that the redirect becomes an error."""

    return NoRedirects
