"""Makes one anchored pattern from the items of a format string. It takes linear time on any line.

Servers escape quotes and control characters in values, so these certainly separate parts of a line: the text
between two of them is a *zone*. In a zone, a separator (usually a blank) ends a word. A *loose* field may
contain separators, too. Words before the first loose field are counted from the left of the zone, and words
after the last loose field from its right. The text between them is one group. Every repetition is possessive
or atomic, so nothing is tried twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from flask_status_cli.errors import OptionError
from flask_status_cli.formats.logformat.directives import OPTION
from flask_status_cli.formats.reason_phrases import VARIABLE
from flask_status_cli.frozen import frozen, replace
from flask_status_cli.lazy_pattern import LazyPattern

STRING, NUMBER, FIXED, LOOSE = "string", "number", "fixed", "loose"


@frozen
class Field:
    """One field of a format string.

    - `written`: the text of its directive.
    - `shape`: which characters its values may have.
    - `role`: the part of an entry that is read from it, empty if none is.
    - `pattern`: the pattern of its values, if the shape is `FIXED`.
    - `suffix`: the number of bytes at the end of its group that are a literal of the format.
    """

    name: str
    written: str
    shape: str
    role: str = ""
    pattern: str = ""
    suffix: int = 0


Atom = str | Field
Word = list[Atom]
_SEPARATORS: Mapping[str, str] = MappingProxyType(
    {" ": "blanks", "|": "bars", ";": "semicolons", ",": "commas"}
)
_CLOSING = LazyPattern(r'[^ \t|;,"]*+(?:"[^ \t|;,"]*+)?')
"""The literal right after a field that ends it: brackets, a unit, a quote, and the text right after these."""

_GROUP = re.compile(r"(?<!\\)\((?!\?)")
_COUNTED = LazyPattern(r"\{\d+(?:,\d+)?\}")
"""A count of repetitions in a pattern, such as `{1,3}`. Its comma is not a comma of the line."""


def compile_fields(
    items: Sequence[Atom], whole: Sequence[Atom] | None = None
) -> tuple[str, tuple[Field, ...]]:
    """Return the pattern of these items, and the field of each of its groups.

    `whole` is the whole format if the items are only its beginning. Raises `OptionError` if a line would be
    ambiguous.
    """
    text = "".join(item for item in whole or items if isinstance(item, str))
    stops = "".join(sorted({one for one in text if one == '"' or one < " "}))
    zones = _zones(items, stops)
    parts: list[str] = []
    fields: list[Field] = []
    for atoms, stop in zones:
        zone = _Zone(atoms, stops)
        zone.compile()
        parts += [*zone.parts, re.escape(stop)]
        fields += zone.fields
    return "".join(parts), tuple(fields)


def needed(items: Sequence[Atom]) -> list[Atom] | None:
    """Return the items up to the last field with a role, and the literal that ends it. Any text may follow.

    Return `None` if a whole line must be matched instead. This is so if only the text after that field shows
    where it ends, or if the format ends with that field and it is not the status.
    """
    last, field = [
        (at, item) for at, item in enumerate(items) if isinstance(item, Field) and item.role
    ][-1]
    behind = items[last + 1 : last + 2]
    literal = behind[0] if behind and isinstance(behind[0], str) else ""
    ends = last >= len(items) - 2 and literal in ("", '"')
    if (behind and not literal) or (ends and field.role != "status"):
        return None
    closing = _CLOSING.match(literal)
    closed = closing[0] if closing else ""
    if _is_loose([field]) and '"' not in closed:
        return None
    before: Word = []
    for item in items[:last]:
        quote = item.rfind('"') if isinstance(item, str) else -1
        before = [item[quote + 1 :]] if isinstance(item, str) and quote >= 0 else [*before, item]
    if _is_loose(before):
        return None
    return [*items[: last + 1], closed] if closed else [*items[: last + 1]]


def _zones(items: Sequence[Atom], stops: str) -> list[tuple[Word, str]]:
    """Return the zones: the items before each quote or control character, and this character."""
    zones: list[tuple[Word, str]] = []
    atoms: Word = []
    for item in items:
        if isinstance(item, Field):
            atoms.append(item)
            continue
        for piece in (
            re.findall(f"[{re.escape(stops)}]|[^{re.escape(stops)}]+", item) if stops else [item]
        ):
            if piece in stops and stops:
                zones.append((atoms, piece))
                atoms = []
            else:
                atoms.append(piece)
    return [*zones, (atoms, "")]


class _Zone:
    """Compiles one zone into `parts` of a pattern, and the `fields` of its groups."""

    def __init__(self, atoms: Word, stops: str) -> None:
        self.parts: list[str] = []
        self.fields: list[Field] = []
        literals = "".join(atom for atom in atoms if isinstance(atom, str))
        self._separator = next((one for one in _SEPARATORS if one in literals), " ")
        self._stops = stops
        self._words = _words(atoms, self._separator)
        self._cut = re.escape(self._separator)

    def compile(self) -> None:
        """Fill `parts` and `fields` from all words of the zone."""
        words = self._words
        user = self._user_before_time(words)
        if user is not None:
            self._left(words[:user])
            self._user(words[user][0])
            words = words[user + 1 :]
            self.parts.append(self._cut)
        loose = [at for at, word in enumerate(words) if _is_loose(word)]
        if not loose:
            self._left(words, last=True)
            return
        first, last = loose[0], loose[-1]
        self._left(words[:first])
        behind = words[last + 1 :]
        self._loose(words[first : last + 1], behind)
        for word in behind:
            self.parts.append(self._cut)
            self._word(word)

    def _left(self, words: list[Word], *, last: bool = False) -> None:
        for at, word in enumerate(words):
            inner = at > 0 and not (last and at == len(words) - 1)
            if inner and not word and self._separator == " ":
                self.parts[-1] = f"{self._cut}++"  # two blanks or more are padding
                continue
            self._word(word)
            if not last or at < len(words) - 1:
                self.parts.append(self._cut)

    def _user_before_time(self, words: list[Word]) -> int | None:
        """Return the index of a user name before a time, `None` if there is none.

        A user name has no colon (RFC 7617), so the word with a colon is the time.
        """
        loose = [at for at, word in enumerate(words) if _is_loose(word)]
        if len(loose) < 2 or len(words[loose[0]]) != 1:
            return None
        user, behind = words[loose[0]][0], words[loose[0] + 1]
        time = next((atom for atom in behind if isinstance(atom, Field)), "")
        colon = isinstance(time, Field) and ":" in time.pattern.partition(r"\ ")[0].replace(
            "?:", ""
        )
        return loose[0] if _name(user) == "user" and colon else None

    def _user(self, user: Atom) -> None:
        token = f"(?:[^{self._class(':')}]++|\\\\.)*+"
        text = f"{token}(?:{self._cut}{token}(?={self._cut}))*+"
        self.parts.append(f"({self._empty_user()}{text})")
        self.fields.append(user)  # type: ignore[arg-type]  # it is a field: it has a name

    def _empty_user(self) -> str:
        """Return the pattern of an empty user name. Servers write two quotes for it, even outside quotes."""
        stops = re.escape(self._stops)
        return f'""(?=[{self._cut}{stops}]|\\Z)|' if '"' in self._stops else ""

    def _run(self, word: str, behind: int) -> str:
        """Return the pattern of one or more words that are followed by `behind` other words."""
        more = f"(?={f'{self._cut}{word}' * behind})" if behind else ""
        return f"{word}(?:{self._cut}{word}{more})*+"

    def _run_before(self, word: str, behind: list[Word]) -> str:
        """Return the pattern of one or more words before the last words of a zone.

        The last words are counted. A reason phrase has no certain number of words, but is one of a list. With
        one, the run ends where the last words match up to the end of the zone.
        """
        if not any(_name(atom) == VARIABLE for last in behind for atom in last):
            return self._run(word, sum(map(self._length, behind)))
        end = rf"(?:[{re.escape(self._stops)}]|\Z)" if self._stops else r"\Z"
        tail = "".join(self._cut + self._plain(last) for last in behind)
        return f"{word}(?:(?!{tail}{end}){self._cut}{word})*+"

    def _plain(self, word: Word) -> str:
        """Return the pattern of a word without groups."""
        alone = _Zone([], self._stops)
        alone._separator, alone._cut = self._separator, self._cut
        alone._word(word)
        return "".join(_GROUP.sub("(?:", part) for part in alone.parts)

    def _word_or_empty_user(self, token: str) -> str:
        """Return the pattern of a word that may be an empty user name.

        Two quotes are an empty user name if only words follow them in the zone.
        """
        return f'(?>""(?=(?:{self._cut}{token})*+(?:[{re.escape(self._stops)}]|\\Z))|{token})'

    def _class(self, more: str = "") -> str:
        return re.escape(self._separator + self._stops + more) + r"\\"

    def _length(self, word: Word) -> int:
        """Return how many words of a line match one word of the format. A time may have blanks."""
        times = (_COUNTED.sub("", atom.pattern) for atom in word if isinstance(atom, Field))
        return 1 + sum(time.count(self._cut) for time in times)

    def _word(self, word: Word) -> None:
        for at, atom in enumerate(word):
            if isinstance(atom, str):
                self.parts.append(re.escape(atom))
                continue
            following = word[at + 1 :]
            if following and isinstance(following[0], Field) and atom.shape != FIXED:
                needed = next(
                    (one for one in following if isinstance(one, Field) and one.role), None
                )
                if needed is not None:
                    _refuse(f"nothing stands between {atom.written} and {following[0].written}")
            self._exact(atom, following)

    def _exact(self, field: Field, following: Word) -> None:
        self.fields.append(field)
        literal = following[0] if following and isinstance(following[0], str) else ""
        more = literal[:1]
        if field.shape == FIXED:
            self.parts.append(f"({field.pattern})")
        elif field.shape == NUMBER:
            self.parts.append(f"([{''.join(c for c in '-.' if c != more)}\\d]*+)")
        elif literal.startswith(":") and not any(
            ":" in a for a in following[1:] if isinstance(a, str)
        ):
            # An IPv6 address has colons, too. The last colon of the word is the literal of the format.
            self.parts.append(f"(?>([^{self._class()}]*)(?={re.escape(literal)}))")
        else:
            self.parts.append(f"((?:[^{self._class(more)}]++|\\\\.)*+)")

    def _loose(self, words: list[Word], behind: list[Word]) -> None:
        """Add one group from the first loose field to the last, and the literals before and after it.

        `behind` are the words after it.
        """
        head, tail = words[0], words[-1]
        start = next(at for at, atom in enumerate(head) if _is_loose([atom]))
        if start and isinstance(before := head[start - 1], Field) and before.shape != FIXED:
            _refuse(f"nothing stands between {before.written} and {_written(head[start])}")
        self._word(head[:start])
        suffix = tail[-1] if isinstance(tail[-1], str) else ""
        inner = [
            atom for word in [head[start:], *words[1:]] for atom in word if isinstance(atom, Field)
        ]
        self.fields.append(replace(_as_one(inner, self._separator), suffix=len(suffix.encode())))
        token = f"(?:[^{self._class()}]++|\\\\.)*+"
        whole = f"(?:[^{re.escape(self._stops)}\\\\]++|\\\\.)*+"
        text = self._run_before(token, behind) if behind else whole
        if inner[0].name == "user" and len(inner) == 1:
            text = self._empty_user() + text
        elif '"' in self._stops and any(field.name == "user" for field in inner):
            text += "|" + self._run_before(self._word_or_empty_user(token), behind)
        self.parts.append(f"({text})" + (f"(?<={re.escape(suffix)})" if suffix else ""))


def _words(atoms: Word, separator: str) -> list[Word]:
    words: list[Word] = [[]]
    for atom in atoms:
        if isinstance(atom, Field):
            words[-1].append(atom)
            continue
        first, *others = atom.split(separator)
        words[-1] += [first] if first else []
        words += [[other] if other else [] for other in others]
    return words


def _as_one(fields: list[Field], separator: str) -> Field:
    """Return one field for several that no separator divides. A path and a query become the target."""
    if len(fields) == 1:
        return fields[0]
    roles = [field.role for field in fields]
    name = "+".join(field.name for field in fields)
    if roles == ["path", "query"]:
        return replace(fields[0], name=name, role="target")
    needed = next((field for field in fields if field.role and field.role != "query"), None)
    if needed is not None:
        loose = ", ".join(field.written for field in fields if field.shape == LOOSE)
        contained = _SEPARATORS[separator]
        _refuse(f"nothing shows where {needed.written} is: {loose} may contain {contained}")
    return replace(fields[0], name=name, role="")


def _refuse(what: str) -> None:
    hint = "put quotes around them, as combined does around the request; for lines that are there already, "
    raise OptionError(OPTION, what, f"{hint}see what flask-status formats explain LOG proposes")


def _is_loose(word: Word) -> bool:
    return any(isinstance(atom, Field) and atom.shape == LOOSE for atom in word)


def _written(atom: Atom) -> str:
    return atom.written if isinstance(atom, Field) else atom


def _name(atom: Atom) -> str:
    return atom.name if isinstance(atom, Field) else ""
