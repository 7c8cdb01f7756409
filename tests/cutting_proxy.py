"""A proxy between a client and PostgreSQL that cuts a connection at a chosen message, once.

It knows the frame of a message (PostgreSQL's manual, "Message Formats"): the first one of a client is a
length and a body, every other one is a letter, a length and a body. Encryption has to be off.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Self, TypeAlias

Pair: TypeAlias = tuple[socket.socket, socket.socket]


@dataclass(frozen=True)
class Cut:
    """Where to cut: at the message with this number, counted over all connections in its direction.

    - `to_server`: whether it is a message of the client.
    - `forwarded`: whether the message is sent on before the cut.
    - `text`: only messages with this text are counted.
    - `silent`: the server is not told, as if the network was gone.
    """

    number: int
    to_server: bool = True
    forwarded: bool = False
    text: bytes = b""
    silent: bool = False


class CuttingProxy:
    """Listens on a port of the loopback and passes on what comes. A context manager."""

    def __init__(self, server: int) -> None:
        self._server = server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._cut: Cut | None = None
        self._open: list[Pair] = []
        self._half: list[Pair] = []
        self._pumps: list[threading.Thread] = []
        self.port: int = self._listener.getsockname()[1]
        self.sent = {True: 0, False: 0}
        self.cuts = 0
        self.on_cut: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        _end((self._listener,))
        self._accepting.join()
        self._listener.close()
        for pair in list(self._open):
            _end(pair)
        for each in list(self._pumps):
            each.join()

    def url(self, schema: str) -> str:
        """Return the URL of a schema through the proxy."""
        return (
            f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
            f"?sslmode=disable&gssencmode=disable&schema={schema}"
        )

    def arm(self, cut: Cut | None) -> None:
        """Cut there, counted from now on."""
        with self._lock:
            self._cut, self.cuts = cut, 0
            self.sent = {True: 0, False: 0}

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    pair = client, socket.create_connection(("127.0.0.1", self._server))
                except OSError:  # the server is away
                    client.close()
                    continue
                for each in pair:
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.append(pair)
                for to_server in (True, False):
                    pump = threading.Thread(target=self._pump, args=(pair, to_server), daemon=True)
                    self._pumps.append(pump)
                    pump.start()

    def _pump(self, pair: Pair, to_server: bool) -> None:
        source, target = pair if to_server else pair[::-1]
        silent = False
        with contextlib.suppress(OSError):
            for message in _messages(source, begins=to_server):
                cut = self._cuts(message, to_server)
                if cut is None or cut.forwarded:
                    target.sendall(message)
                if cut is not None:
                    silent = cut.silent
                    self.on_cut()
                    break
        _end(pair[:1] if silent else pair)
        with self._lock:
            if pair not in self._half:
                self._half.append(pair)
                return
            self._half.remove(pair)
            self._open.remove(pair)
        for each in pair:
            each.close()

    def _cuts(self, message: bytes, to_server: bool) -> Cut | None:
        with self._lock:
            cut = self._cut
            if cut is not None and cut.text not in message:
                return None
            number = self.sent[to_server]
            self.sent[to_server] += 1
            if cut is None or cut.to_server != to_server or cut.number != number:
                return None
            self.cuts += 1
            return cut


def _messages(source: socket.socket, *, begins: bool) -> Iterator[bytes]:
    letter = 0 if begins else 1
    with source.makefile("rb") as stream:
        while head := stream.read(letter + 4):
            yield head + stream.read(int.from_bytes(head[letter:], "big") - 4)
            letter = 1


def _end(sockets: Iterable[socket.socket]) -> None:
    for each in sockets:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
