"""Runs in the interpreter of an app: imports the app, and writes its URL map to standard output.

The output is JSON for this program, or TOML for people (`--toml`). The module imports only Flask and
werkzeug, because the interpreter of an app may have nothing else. It works with any version that has
`url_map`. Output of the app itself goes to standard error.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import re
import sys
import traceback
from collections.abc import Sequence
from typing import Any


def main(arguments: list[str]) -> None:
    """Write the JSON `{"map": …}`, or `{"error": …}` if the app raised an error. `--toml` writes TOML."""
    toml = "--toml" in arguments
    spec = next((each for each in arguments if not each.startswith("--")), None)
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        found: dict[str, Any] = {"map": url_map(load(spec))}
    except BaseException as error:  # noqa: BLE001 - an app may raise anything, also by sys.exit()
        found = {"error": described_error(error)}
    failed = toml and "error" in found
    if failed:
        sys.stderr.write("{type}: {message}\n".format(**found["error"]))
    elif toml:
        out.write(as_toml(found["map"], "The routes of " + (spec or "a Flask app")))
    else:
        json.dump(found, out)
    out.close()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(int(failed))  # do not run exit handlers of the app, and do not wait for its threads


def as_toml(document: dict[str, Any], heading: str) -> str:
    """Return a URL map as TOML for `flask-status routes import`, with a table for each rule.

    The same map always gives the same text.
    """
    heading = "".join(one if one.isprintable() else "?" for one in heading)
    lines = ["# " + heading + ", for: flask-status routes import"]
    lines += [key + " = " + _value(value) for key, value in document.items() if key != "routes"]
    for rule in document["routes"]:
        lines += ["", "[[routes]]", *(key + " = " + _value(value) for key, value in rule.items())]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    """Return a value as TOML. A JSON string is a valid TOML string, but TOML requires DEL to be escaped."""
    if isinstance(value, str):
        text = value.encode("utf-8", "replace").decode("utf-8")
        return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, dict):
        pairs = [key + " = " + _value(one) for key, one in value.items()]
        return "{ " + ", ".join(pairs) + " }"
    return json.dumps(value)


def load(spec: str | None) -> Any:
    """Return the app that `flask --app SPEC` uses. Without a spec, try `FLASK_APP`, `wsgi.py`, `app.py`."""
    from flask import cli

    cli.load_dotenv()
    spec = spec or os.environ.get("FLASK_APP")
    if spec:
        path, name = [*re.split(r":(?![\\/])", spec, maxsplit=1), None][:2]
        return _locate(str(path), name)
    for path in ("wsgi.py", "app.py"):
        if os.path.exists(path):  # noqa: PTH110 - as Flask does
            return _locate(path, None)
    raise cli.NoAppException("there is no wsgi.py or app.py here, and FLASK_APP is not set")


def _locate(path: str, name: str | None) -> Any:
    from flask import cli

    module = cli.prepare_import(path)
    importlib.import_module(module)  # so that an error of the app is not wrapped by Flask
    return cli.locate_app(module, name)


def described_error(error: BaseException) -> dict[str, Any]:
    """Return the type and message of an error, and the line in the app's own files that raised it."""
    if isinstance(error, SyntaxError) and error.filename:
        return _error(error, error.msg, error.filename, error.lineno)
    message = str(error)
    if isinstance(error, SystemExit):
        code = "" if error.code is None else repr(error.code)
        message = f"the app called sys.exit({code})"
    raised = traceback.extract_tb(error.__traceback__)
    where = _last_of_app(raised)
    found = _error(error, message, where and where.filename, where and where.lineno)
    by_environment = bool(raised) and raised[-1].filename in (os.__file__, "<frozen os>")
    if isinstance(error, KeyError) and by_environment:
        found["variable"] = error.args[0]
    return found


def _last_of_app(raised: Sequence[traceback.FrameSummary]) -> traceback.FrameSummary | None:
    """Return the last frame in a file of the app; if there is none, the last one in an installed package."""
    standard = os.path.dirname(os.__file__)  # noqa: PTH120 - of any Python
    files = [f for f in raised if f.filename.endswith(".py")]
    not_standard = [f for f in files if not f.filename.startswith(standard)]
    own = [f for f in not_standard if "-packages" not in f.filename]
    found = own or not_standard
    return found[-1] if found else None


def _error(
    error: BaseException, message: str, path: str | None, line: int | None
) -> dict[str, Any]:
    return {
        "type": type(error).__name__,
        "message": message,
        "module": getattr(error, "name", None) if isinstance(error, ImportError) else None,
        "path": path,
        "line": line,
    }


def url_map(app: Any) -> dict[str, Any]:
    """Return the rules of an app in the order in which they are matched, and how it treats slashes."""
    found = app.url_map
    rules = [one for rule in _in_order(found) for one in _described(app, rule)]
    plain: dict[str, Any] = {"complete": True, "routes": rules}
    if not getattr(found, "merge_slashes", False):
        plain["merge_slashes"] = False
    return plain


def _in_order(found: Any) -> list[Any]:
    """Return the rules in the order in which werkzeug matches them.

    Only the internal matcher knows this order.
    """
    found.update()
    rules: list[Any] = []
    states = [found._matcher._root] if hasattr(found, "_matcher") else []  # noqa: SLF001 - nothing public has it
    while states:
        state = states.pop()
        rules += state.rules
        following = [*state.static.values(), *(after for _, after in state.dynamic)]
        states += reversed(following)
    return rules or [rule for rule in found.iter_rules() if not rule.build_only]


def _described(app: Any, rule: Any) -> list[dict[str, Any]]:
    """Return a list with the description of a rule. It is empty if no request can match the rule."""
    hosts = app.url_map.host_matching
    domain = (rule.host if hosts else rule.subdomain) or ""
    if not hosts and domain == (app.url_map.default_subdomain or ""):
        domain = ""
    elif not hosts and not getattr(app, "subdomain_matching", False):
        return []
    name, doc = named(app.view_functions.get(rule.endpoint), rule)
    plain: dict[str, Any] = {
        "rule": rule.rule,
        "endpoint": str(rule.endpoint),
        "methods": sorted(rule.methods or ()),
        "name": name,
        "doc": doc,
        "group": _blueprint(app, str(rule.endpoint)),
        "hidden": _is_status(app, str(rule.endpoint)),
        "domain": domain,
        "converters": _converters(app.url_map, rule),
    }
    described = {key: value for key, value in plain.items() if value}
    for key, usual in (("strict_slashes", True), ("merge_slashes", True), ("websocket", False)):
        value = bool(getattr(rule, key, False))
        if value is not usual:
            described[key] = value
    return [described]


def _is_status(app: Any, endpoint: str) -> bool:
    """Return whether an endpoint is one of our extension. It does not count its own pages either."""
    ours = endpoint.partition(".")[0] in ("flask_status", "flask_status_api")
    return ours and "flask-status" in getattr(app, "extensions", {})


def _blueprint(app: Any, endpoint: str) -> str:
    name = endpoint.rpartition(".")[0]
    return name if name in app.blueprints else ""


def _converters(found: Any, rule: Any) -> list[dict[str, Any]]:
    """Return a description of each variable with a converter of the app's own."""
    from werkzeug.routing import Map

    usual = Map.default_converters
    described = []
    for variable, converter in rule._converters.items():  # noqa: SLF001 - nothing public has what it was made to
        names = [name for name, kind in found.converters.items() if kind is type(converter)]
        if not names or any(usual.get(name) is not type(converter) for name in names):
            described.append(_converter(str(variable), converter))
    return described


def _converter(variable: str, converter: Any) -> dict[str, Any]:
    from werkzeug.routing.converters import FloatConverter, IntegerConverter

    plain: dict[str, Any] = {
        "variable": variable,
        "regex": str(converter.regex),
    }
    if int(converter.weight) != 100:  # the default in werkzeug
        plain["weight"] = int(converter.weight)
    if not getattr(converter, "part_isolating", "/" not in converter.regex):
        plain["part_isolating"] = False
    for number, kind in (("int", IntegerConverter), ("float", FloatConverter)):
        if isinstance(converter, kind) and type(converter).to_python is kind.to_python:
            plain["number"] = number
            bounds = {"minimum": converter.min, "maximum": converter.max}
            plain.update({key: value for key, value in bounds.items() if value is not None})
            if converter.fixed_digits:
                plain["fixed_digits"] = converter.fixed_digits
    return plain


def named(view: Any, rule: Any) -> tuple[str, str]:
    """Return the name and the description of a rule, from the docstring of its view.

    The name is the first line `# Title`, or else the endpoint. The description is the rest.
    """
    lines = (_docstring(view, rule.methods or ()) or "").splitlines()
    for number, line in enumerate(lines):
        title = re.match(r"#\s+(.*\S)\s*$", line)
        if title is not None:
            rest = "\n".join([*lines[:number], *lines[number + 1 :]])
            return title[1], rest.strip()
    return str(rule.endpoint), "\n".join(lines).strip()


def _docstring(view: Any, methods: Any) -> str | None:
    """Return the docstring of a view: that of its class, method or function, also below decorators."""
    seen: list[Any] = []
    while view is not None and view not in seen:
        seen.append(view)
        kind = getattr(view, "view_class", None)
        if kind is not None:
            inner = [getattr(kind, name.lower(), None) for name in ("GET", *sorted(methods))]
            for one in (kind, *inner, getattr(kind, "dispatch_request", None)):
                if _written_here(one):
                    return inspect.cleandoc(one.__doc__)
            return None
        if _written_here(view):
            return inspect.cleandoc(view.__doc__)
        view = getattr(view, "__wrapped__", None) or getattr(view, "func", None)
    return None


def _written_here(one: Any) -> bool:
    """Return whether an object has a docstring that is not from Flask or werkzeug."""
    module = getattr(one, "__module__", None) or ""
    own = module.partition(".")[0] not in ("flask", "werkzeug", "functools")
    return own and isinstance(getattr(one, "__doc__", None), str)


if __name__ == "__main__":
    main(sys.argv[1:])
