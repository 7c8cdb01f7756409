"""Runs an app on waitress, in separate threads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

from flask_status_cli.errors import ServeError, install_extra

if TYPE_CHECKING:
    from flask import Flask

MAX_BODY = 1 << 17
"""Waitress refuses a request body with more bytes than this. The limit of the API is half as large."""

SERVER_WAIT = 0.5
"""At the end, open requests have this many seconds to finish."""


class Server:
    """A server that runs during a `with` block. Raises `ServeError` if it cannot start."""

    def __init__(self, app: Flask, *, host: str, port: int, threads: int) -> None:
        try:
            from waitress import create_server
        except ImportError:
            raise ServeError("serve", "waitress is not installed", install_extra("flask")) from None
        where = f"{host}:{port}"
        try:
            self._server = create_server(
                app,
                host=host,
                port=port,
                threads=threads,
                ident=None,
                max_request_body_size=MAX_BODY,
                clear_untrusted_proxy_headers=True,
            )
        except (OSError, ValueError) as error:
            what = getattr(error, "strerror", None) or str(error)
            hint = "--port chooses another port"
            raise ServeError(where, f"cannot listen here: {what}", hint) from error
        self._thread = threading.Thread(target=self._server.run, name="flask-status", daemon=True)

    @property
    def address(self) -> str:
        """The address on which the server listens, such as `127.0.0.1:8080`."""
        several = getattr(self._server, "effective_listen", None)  # a name may be IPv4 and IPv6
        host, port = several[0] if several else (self._server.effective_host, self._port)
        return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"

    @property
    def _port(self) -> int:
        return int(self._server.effective_port)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # the listening socket closes with the process, because another thread waits on it
        self._server.task_dispatcher.shutdown(cancel_pending=True, timeout=SERVER_WAIT)
