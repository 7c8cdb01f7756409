"""The channel through one URL: the JSON in a POST."""

from __future__ import annotations

from flask_status_cli import __version__
from flask_status_cli.model import Notice
from flask_status_cli.notify.message import DeliveryError

SCHEMES = ("http", "https")


def post(url: str, notice: Notice, seconds: float) -> None:
    """Send the message. A 2xx answer means that it arrived. Redirects are not followed.

    The header `Idempotency-Key` is the same each time the message is sent. Raises `DeliveryError`.
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
        request = urllib.request.Request(  # noqa: S310 - the scheme is looked at above
            url, notice.body.encode(), headers, method="POST"
        )
        with urllib.request.build_opener(_stay()).open(request, timeout=seconds):
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
    """Return what went wrong, without the address: it may hold a secret."""
    strerror = getattr(error, "strerror", None)
    return str(strerror or type(error).__name__)


def _stay() -> type:
    import urllib.request

    class Stay(urllib.request.HTTPRedirectHandler):
        """Follows nothing: a redirection may lead to another scheme, and a POST becomes a GET."""

        def redirect_request(self, *_: object, **__: object) -> None:
            """Return no proxies and no credentials for the URL."""

    return Stay
