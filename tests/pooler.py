"""A pooler before PostgreSQL: it gives each client a session, or all of them the same one in turns.

It answers the start of a client itself, with a process number of its own, as PgBouncer does. Messages are
those of PostgreSQL's manual, "Message Formats". Encryption has to be off, and no password is asked for.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from typing import IO, Final, Self

STARTUP: Final = b"user\0postgres\0database\0postgres\0client_encoding\0UTF8\0\0"
PROTOCOL_3: Final = 3 << 16
INVENTED: Final = b"K" + struct.pack("!iii", 12, 1, 1)
"""A client's process number and secret."""

IDLE: Final = b"Z\0\0\0\5I"
SIMPLE, SYNC, END = b"Q", b"S", b"X"


class _Session:
    """A session of the server, which one client uses at a time."""

    def __init__(self, port: int) -> None:
        self.turn = threading.Lock()
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._stream = self._socket.makefile("rb")
        body = struct.pack("!i", PROTOCOL_3) + STARTUP
        self.send(struct.pack("!i", len(body) + 4) + body)
        answers = [each for each in self.answers() if each[:1] != b"K"]
        self.greeting = b"".join(answers[:-1]) + INVENTED + answers[-1]

    def send(self, message: bytes) -> None:
        self._socket.sendall(message)

    def answers(self) -> Iterator[bytes]:
        """Yield messages until the server is ready for the next query."""
        while message := _message(self._stream):
            yield message
            if message[:1] == IDLE[:1]:
                return

    def pass_on(self, client: socket.socket) -> None:
        """Send a client all that comes."""
        with contextlib.suppress(OSError, ValueError):
            while message := _message(self._stream):
                client.sendall(message)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class Pooler:
    """Listens on a port of the loopback. A context manager.

    `shared` says that all clients use one session, for a transaction each.
    """

    def __init__(self, server: int, *, shared: bool) -> None:
        self._server = server
        self._shared = _Session(server) if shared else None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        if self._shared is not None:
            self._shared.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        session = self._shared or _Session(self._server)
        with contextlib.suppress(OSError), client, client.makefile("rb") as stream:
            length = int.from_bytes(stream.read(4), "big")
            stream.read(length - 4)
            client.sendall(session.greeting)
            if session is not self._shared:
                threading.Thread(target=session.pass_on, args=(client,), daemon=True).start()
            while (message := _message(stream)) and message[:1] != END:
                if session is not self._shared:
                    session.send(message)
                    continue
                with session.turn:
                    _transaction(session, client, stream, message)
        if session is not self._shared:
            session.close()


def _transaction(
    session: _Session, client: socket.socket, stream: IO[bytes], message: bytes
) -> None:
    """Pass on what a client and its session say until no transaction is open."""
    while message:
        session.send(message)
        if message[:1] in (SIMPLE, SYNC):
            answers = list(session.answers())
            client.sendall(b"".join(answers))
            if answers[-1:] == [IDLE]:
                return
        message = _message(stream)


def _message(stream: IO[bytes]) -> bytes:
    head = stream.read(5)
    return head + stream.read(int.from_bytes(head[1:], "big") - 4) if head else b""
