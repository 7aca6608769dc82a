"""The part of WQL that is asked here: SELECT properties FROM class WHERE comparisons, joined by AND, OR, NOT and brackets."""

import re

TOKEN = re.compile(r"""\s*(?:(?P<text>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")|(?P<word>[A-Za-z_]\w*)|(?P<number>-?\d+)|(?P<sign><=|>=|<>|!=|[=<>(),*]))""")


class Invalid(Exception):
    """What is no query."""


def tokens(query):
    at, found = 0, []
    query = query.rstrip()
    while at < len(query):
        match = TOKEN.match(query, at)
        if not match:
            raise Invalid(query[at:])
        kind = match.lastgroup
        found.append((kind, re.sub(r"\\(.)", r"\1", match[kind][1:-1]) if kind == "text" else match[kind]))
        at = match.end()
    return found


class Query:
    """`properties` is None for all; `matches` decides about a row, a dictionary whose names are in lower case."""

    def __init__(self, text):
        self.tokens = tokens(text)
        self.names = set()
        self._expect("select")
        self.properties = None if self._accept("*") else self._names()
        self._expect("from")
        self.class_name = self._word()
        self.matches = self._either() if self._accept("where") else lambda row: True
        if self.tokens:
            raise Invalid(self.tokens[0][1])

    def _accept(self, word):
        if self.tokens and self.tokens[0][0] != "text" and self.tokens[0][1].lower() == word:
            return bool(self.tokens.pop(0))
        return False

    def _expect(self, word):
        if not self._accept(word):
            raise Invalid(word)

    def _word(self):
        if not self.tokens or self.tokens[0][0] != "word":
            raise Invalid("a name is missing")
        return self.tokens.pop(0)[1]

    def _names(self):
        names = [self._word()]
        while self._accept(","):
            names.append(self._word())
        return names

    def _either(self):
        left = self._both()
        while self._accept("or"):
            left = (lambda a, b: lambda row: a(row) or b(row))(left, self._both())
        return left

    def _both(self):
        left = self._single()
        while self._accept("and"):
            left = (lambda a, b: lambda row: a(row) and b(row))(left, self._single())
        return left

    def _single(self):
        if self._accept("not"):
            inner = self._single()
            return lambda row: not inner(row)
        if self._accept("("):
            inner = self._either()
            self._expect(")")
            return inner
        return self._comparison()

    def _comparison(self):
        name = self._word().lower()
        self.names.add(name)
        if self._accept("is"):
            is_negated = self._accept("not")
            self._expect("null")
            return lambda row: (row[name] is None) != is_negated
        if self._accept("like"):
            pattern = like(self._value())
            return lambda row: row[name] is not None and pattern.fullmatch(str(row[name])) is not None
        if not self.tokens or self.tokens[0][1] not in COMPARISONS:
            raise Invalid(name)
        compare, value = COMPARISONS[self.tokens.pop(0)[1]], self._value()
        return lambda row: row[name] is not None and compare(comparable(row[name], value), comparable(value, row[name]))

    def _value(self):
        if not self.tokens:
            raise Invalid("a value is missing")
        kind, text = self.tokens.pop(0)
        if kind == "word" and text.lower() in ("true", "false"):
            return text.lower() == "true"
        if kind not in ("text", "number"):
            raise Invalid(text)
        return int(text) if kind == "number" else text


COMPARISONS = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


def comparable(value, other):
    """Texts are compared without case, and a number in quotes is a number beside one."""
    if isinstance(value, str) and isinstance(other, int) and re.fullmatch(r"-?\d+", value):
        return int(value)
    return value if isinstance(value, int) and isinstance(other, int) else str(value).lower()


def like(pattern):
    parts = re.findall(r"\[\^?[^\]]*\]|.", str(pattern), re.S)
    as_expression = {"%": ".*", "_": "."}
    return re.compile("".join(p if len(p) > 1 else as_expression.get(p, re.escape(p)) for p in parts), re.I | re.S)
