"""Makes werkzeug rules of declared rules. The converters of the app are imitated by their patterns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask_status_cli.errors import RuleError
from flask_status_cli.model import Converter, UrlMap, UrlRule

if TYPE_CHECKING:
    from werkzeug.routing import BaseConverter, Rule

_HINT = "write it as for Flask's route(), for example /users/<int:id>"


def check_map(url_map: UrlMap, *, where: str) -> None:
    """Raise `RuleError` for the first rule that werkzeug does not accept. Its message names `where`."""
    for rule in url_map.rules:
        check_rule(rule, where=where)


def check_rule(rule: UrlRule, *, where: str) -> None:
    """Raise `RuleError` if werkzeug does not accept the rule, or does not know one of its converters."""
    from werkzeug.routing import Map

    try:
        Map([make_rule(rule)])
    except (ValueError, LookupError, TypeError, re.error) as error:
        what = str(error.args[0] if error.args else error)
        raise RuleError(where, f"{rule.rule!r} is not a valid rule: {what}", _HINT) from None


def make_rule(rule: UrlRule) -> Rule:
    """Return the werkzeug rule of a declared rule."""
    from werkzeug.routing import Rule

    known = {one.variable: one for one in rule.converters}

    class _Rule(Rule):
        def get_converter(
            self,
            variable_name: str,
            converter_name: str,
            args: tuple[Any, ...],
            kwargs: Mapping[str, Any],
        ) -> BaseConverter:
            if variable_name in known:
                made = _make_converter(self.map, known[variable_name])
            else:
                made = super().get_converter(variable_name, converter_name, args, kwargs)
            re.compile(made.regex)  # raise now; werkzeug compiles it when it matches a path
            return made

    return _Rule(
        rule.rule,
        endpoint=rule.rule,
        methods=rule.methods,
        strict_slashes=rule.strict_slashes,
        merge_slashes=rule.merge_slashes,
        websocket=rule.websocket,
    )


def _make_converter(url_map: Any, known: Converter) -> BaseConverter:
    from werkzeug.routing import BaseConverter, FloatConverter, IntegerConverter

    numbers = {"int": IntegerConverter, "float": FloatConverter}
    made: BaseConverter
    if known.number:
        bounds: dict[str, Any] = {"min": known.minimum, "max": known.maximum}
        if known.number == "int":
            bounds["fixed_digits"] = known.fixed_digits
        made = numbers[known.number](url_map, **bounds)
    else:
        made = BaseConverter(url_map)
    made.regex = known.regex
    made.weight = known.weight
    made.part_isolating = known.part_isolating
    return made
