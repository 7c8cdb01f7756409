"""Makes systemd units: a service that follows the logs, and a service and timer that write the page."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from flask_status_cli.frozen import frozen

HARDENING = """\
NoNewPrivileges=yes
ProtectSystem=strict
PrivateDevices=yes
PrivateNetwork=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
"""
"""Restrictions that suit every command; see systemd.exec(5)."""

INTERNET = "AF_UNIX AF_INET AF_INET6"

HOMES = ("/home", "/root", "/run/user")
TEMPORARY = ("/tmp", "/var/tmp")  # noqa: S108 - names to compare with
STATE = "/var/lib"

_BARE = re.compile(r"[A-Za-z0-9_./:=@%,+-]+")


@frozen
class Job:
    """A command that a service runs, and the access that it needs.

    - `words`: the command.
    - `reads`: the paths that it reads.
    - `database`: the path of its database file. `None` means a server, whose password may be in the home.
    - `writes`: the directories to which it writes, besides that of the database.
    - `network`: whether it uses the network.
    - `description`: a sentence about the service.
    - `environment`: the variables that it needs, as `NAME=VALUE`.
    """

    words: Sequence[str]
    reads: Sequence[str]
    database: str | None
    writes: Sequence[str] = ()
    network: bool = False
    description: str = "Count the requests of the Flask app from its access log"
    environment: Sequence[str] = ()


def units(follow: Job, page: Job | None, *, user: str) -> Mapping[str, str]:
    """Return the texts of the units by file name. `page` is the command that writes the page, if any."""
    found = {"flask-status.service": _following(follow, user)}
    if page is not None:
        found["flask-status-page.service"] = _page(page, user)
        found["flask-status-page.timer"] = _TIMER
    return found


def quoted(word: str, *, program: bool = False) -> str:
    """Quote a word for systemd: see "Quoting" in systemd.syntax(7) and systemd.service(5)."""
    text = word.replace("%", "%%")
    if not program:
        text = text.replace("$", "$$")
    if _BARE.fullmatch(text):
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in os.fsencode(character))


def _following(job: Job, user: str) -> str:
    # KillMode=mixed sends SIGTERM only to the main process, which ends its worker processes itself.
    return f"""\
[Unit]
Description={job.description}

[Service]
{_environment(job)}ExecStart={_command(job.words)}
Restart=on-failure
RestartSec=10s
KillMode=mixed
TimeoutStopSec=60s
{_sandbox(job, user)}
[Install]
WantedBy=multi-user.target
"""


def _page(job: Job, user: str) -> str:
    return f"""\
[Unit]
Description=Write the status page of the Flask app

[Service]
Type=oneshot
ExecStart={_command(job.words)}
{_sandbox(job, user)}"""


_TIMER = """\
[Unit]
Description=Write the status page of the Flask app each minute

[Timer]
OnCalendar=minutely
AccuracySec=5s

[Install]
WantedBy=timers.target
"""


def _command(words: Sequence[str]) -> str:
    return " ".join([quoted(words[0], program=True), *map(quoted, words[1:])])


def _environment(job: Job) -> str:
    """Return the lines that set the variables. A dollar sign means nothing there: see systemd.exec(5)."""
    return "".join(f"Environment={quoted(each, program=True)}\n" for each in job.environment)


def _sandbox(job: Job, user: str) -> str:
    file = [] if job.database is None else [job.database]
    paths = [*job.reads, *job.writes, *file, job.words[0]]
    at_home = job.database is None or _below(paths, HOMES)
    capabilities = "CAP_DAC_READ_SEARCH" if user == "root" else ""
    lines = [
        f"User={quoted(user)}",
        *_writable(job),
        f"ProtectHome={'read-only' if at_home else 'yes'}",
        f"PrivateTmp={'no' if _below(paths, TEMPORARY) else 'yes'}",
        f"CapabilityBoundingSet={capabilities}",
    ]
    hardening = HARDENING
    if job.network:
        hardening = hardening.replace("PrivateNetwork=yes\n", "").replace(
            "=AF_UNIX", f"={INTERNET}"
        )
    return "\n".join(lines) + "\n" + hardening


def _writable(job: Job) -> Iterable[str]:
    """Yield the lines that let the service write. systemd creates a directory below /var/lib itself."""
    if job.database is not None:
        yield _writable_directory(PurePath(job.database).parent)
    for path in job.writes:
        yield f"ReadWritePaths={_path(path)}"


def _writable_directory(directory: PurePath) -> str:
    own = directory.is_relative_to(STATE) and directory != PurePath(STATE)
    state = str(directory.relative_to(STATE)) if own else ""
    if own and _BARE.fullmatch(state) and ":" not in state:
        return f"StateDirectory={state}"
    return f"ReadWritePaths={_path(str(directory))}"


def _path(path: str) -> str:
    return quoted(path, program=True)


def _below(paths: Iterable[str], directories: Iterable[str]) -> bool:
    real = [form for path in paths for form in (path, os.path.realpath(path))]
    return any(PurePath(path).is_relative_to(d) for path in real for d in directories)
