"""The expressions that `rules::sql` prints, as numpy source.

The language is small: and, or, not, comparisons, in, between, + - * // %, case, cast, literals. A
truth has two masks, asked for one at a time: `true_of` where it is true, `false_of` where it is
false; NULL is neither. A number has a value and a mask where it is known. Each distinct part of a
formula is computed once.
"""

import re
from dataclasses import dataclass, field

TOKEN = re.compile(r"\s*(?:(\d+)|'((?:[^']|'')*)'|([A-Za-z_]\w*)|(<=|>=|<>|//|[-+*%()=<>,]))")
OPPOSITE = {"<=": ">", ">": "<=", ">=": "<", "<": ">=", "=": "<>", "<>": "="}
NUMPY = {"=": "==", "<>": "!="}
PYTHON = {
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
}


def parse(text: str) -> tuple:
    """A tree of tuples; the first of each is its kind."""
    tokens, at = [], 0
    while text[at:].strip():
        found = TOKEN.match(text, at)
        if not found:
            raise ValueError(f"not understood: {text[at:at + 40]}")
        number, word, name, sign = found.groups()
        if number is not None:
            tokens.append(("int", int(number)))
        elif word is not None:
            tokens.append(("text", word.replace("''", "'")))
        else:
            tokens.append(("sign", name.lower() if name else sign))
        at = found.end()
    tokens.append(("sign", "end of text"))
    return _Parser(tokens).whole()


class _Parser:
    def __init__(self, tokens: list) -> None:
        self.tokens, self.at = tokens, 0

    def peek(self) -> tuple:
        return self.tokens[self.at]

    def next(self) -> tuple:
        self.at += 1
        return self.tokens[self.at - 1]

    def has(self, sign: str) -> bool:
        if self.peek() == ("sign", sign):
            self.at += 1
            return True
        return False

    def want(self, sign: str) -> None:
        if not self.has(sign):
            raise ValueError(f"wanted {sign}, found {self.peek()}")

    def whole(self) -> tuple:
        tree = self.any()
        self.want("end of text")
        return tree

    def any(self) -> tuple:
        return self.joined("or", self.all)

    def all(self) -> tuple:
        return self.joined("and", self.negated)

    def joined(self, word: str, part) -> tuple:
        parts = [part()]
        while self.has(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else (word, *parts)

    def negated(self) -> tuple:
        return ("not", self.negated()) if self.has("not") else self.compared()

    def compared(self) -> tuple:
        left = self.sum()
        if self.has("between"):
            low = self.sum()
            self.want("and")
            return ("between", left, low, self.sum())
        if self.has("in"):
            self.want("(")
            values = [self.sum()]
            while self.has(","):
                values.append(self.sum())
            self.want(")")
            tests = [("compare", "=", left, value) for value in values]
            return tests[0] if len(tests) == 1 else ("or", *tests)
        for op in OPPOSITE:
            if self.has(op):
                return ("compare", op, left, self.sum())
        return left

    def sum(self) -> tuple:
        return self.chain(("+", "-"), self.product)

    def product(self) -> tuple:
        return self.chain(("*", "//", "%"), self.single)

    def chain(self, ops: tuple, part) -> tuple:
        tree = part()
        while self.peek()[0] == "sign" and self.peek()[1] in ops:
            op = self.next()[1]
            tree = ("arith", op, tree, part())
        return tree

    def single(self) -> tuple:
        kind, value = self.next()
        if kind == "int":
            return ("int", value)
        if kind == "text":
            return ("text", value)
        if value == "(":
            tree = self.any()
            self.want(")")
            return tree
        if value == "-":
            return ("arith", "-", ("int", 0), self.single())
        if value in ("true", "false"):
            return ("bool", value == "true")
        if value == "null":
            return ("null",)
        if value == "cast":
            self.want("(")
            tree = self.any()
            self.want("as")
            while not self.has(")"):
                if self.next() == ("sign", "("):
                    self.next()
                    self.want(")")
            return tree
        if value == "case":
            return self.case()
        if not re.fullmatch(r"[a-z_]\w*", value):
            raise ValueError(f"unexpected {value}")
        return ("column", value)

    def case(self) -> tuple:
        branches, otherwise = [], ("null",)
        while self.has("when"):
            when = self.any()
            self.want("then")
            branches.append((when, self.any()))
        if self.has("else"):
            otherwise = self.any()
        self.want("end")
        return ("case", tuple(branches), otherwise)


@dataclass
class Names:
    """How a formula reads columns, and which leaves all formulas together need."""

    flags: set  # columns of truths
    words: set  # columns of texts, held as places in the sorted dictionary, -1 unknown
    absent: dict  # column of numbers → the value that stands for unknown
    shared: dict = field(default_factory=dict)  # tree → name of a variable that holds where it is true
    leaves: set = field(default_factory=set)
    places: dict = field(default_factory=dict)  # constant → (column, text, side of the dictionary)

    def place(self, column: str, text: str, side: str) -> str:
        name = f"P_{column}_{re.sub(r'[^0-9A-Za-z]', '_', text)}_{side}"
        self.places[name] = (column, text, side)
        return name


class Formula:
    """Writes one formula: `lines` of assignments, then an expression."""

    def __init__(self, names: Names, read) -> None:
        self.names, self.read = names, read
        self.lines, self.known = [], {}

    def keep(self, code: str) -> str:
        """A local variable that holds it; the same text is computed once."""
        if re.fullmatch(r"\w+", code):
            return code
        if code not in self.known:
            name = f"v{len(self.known)}"
            self.known[code] = name
            self.lines.append(f"{name} = {code}")
        return self.known[code]

    def leaf(self, name: str) -> str:
        self.names.leaves.add(name)
        return self.keep(self.read(name))

    def true_of(self, tree: tuple) -> str:
        if tree in self.names.shared:
            return self.keep(self.read(self.names.shared[tree]))
        return self.mask(tree, True)

    def false_of(self, tree: tuple) -> str:
        return self.mask(tree, False)

    def mask(self, tree: tuple, wanted: bool) -> str:
        side = self.true_of if wanted else self.false_of
        match tree:
            case ("not", part):
                return self.mask(part, False) if not wanted else self.false_of(part)
            case ("and" | "or" as word, *parts):
                sign = "&" if (word == "and") == wanted else "|"
                return self.folded([side(part) for part in parts], sign)
            case ("compare", op, left, right):
                return self.comparison(op if wanted else OPPOSITE[op], left, right)
            case ("between", part, low, high):
                return self.between(part, low, high, wanted)
            case ("column", name):
                return self.leaf(name if wanted else f"{name}__false")
            case ("bool", value):
                return "True" if value == wanted else "False"
            case ("null",):
                return "False"
            case ("case", branches, otherwise):
                return self.chosen(branches, otherwise, side)
        raise ValueError(f"not a truth: {tree}")

    def folded(self, parts: list, sign: str) -> str:
        """Parts joined; `True` and `False` fall away or decide."""
        decides, falls = ("False", "True") if sign == "&" else ("True", "False")
        if decides in parts:
            return decides
        parts = list(dict.fromkeys(part for part in parts if part != falls))
        if not parts:
            return falls
        joined = parts[0]
        for part in parts[1:]:
            joined = self.keep(f"{joined} {sign} {part}")
        return joined

    def chosen(self, branches: tuple, otherwise: tuple, side) -> str:
        """The first branch that is true decides; what comes after wants all before it not true."""
        found, before = [], []
        for when, then in branches:
            mine = self.folded([*before, self.true_of(when), side(then)], "&")
            found.append(mine)
            # `case when a … when (not a) …`: the second excludes the first by itself.
            nexts = [other for other, _ in branches[1:]]
            if ("not", when) not in nexts or otherwise != ("null",):
                true = self.true_of(when)
                before.append(self.keep(f"~{true}") if true not in ("True", "False") else str(true == "False"))
        found.append(self.folded([*before, side(otherwise)], "&"))
        return self.folded(found, "|")

    def comparison(self, op: str, left: tuple, right: tuple) -> str:
        match left, right:
            case ("column", name), ("text", text) if name in self.names.words:
                return self.word(op, name, text)
            case ("column", name), ("int", number) if name in self.names.absent:
                code = self.keep(f"{self.leaf(name)} {NUMPY.get(op, op)} {number}")
                absent = self.names.absent[name]
                if not PYTHON[op](absent, number):
                    return code
                known = self.keep(f"{self.leaf(name)} != {absent}")
                return self.folded([code, known], "&")
        (a, a_known), (b, b_known) = self.number(left), self.number(right)
        return self.folded([self.keep(f"{a} {NUMPY.get(op, op)} {b}"), a_known, b_known], "&")

    def between(self, part: tuple, low: tuple, high: tuple, wanted: bool) -> str:
        match part, low, high:
            case ("column", name), ("text", first), ("text", last) if wanted and name in self.names.words:
                column = self.leaf(name)
                start, end = self.names.place(name, first, "left"), self.names.place(name, last, "right")
                return self.keep(f"({column} >= {start}) & ({column} < {end})")
        both = ("and", ("compare", ">=", part, low), ("compare", "<=", part, high))
        return self.mask(both, wanted)

    def word(self, op: str, name: str, text: str) -> str:
        column = self.leaf(name)
        start, end = (self.names.place(name, text, side) for side in ("left", "right"))
        code = {
            "=": f"({column} >= {start}) & ({column} < {end})",
            "<>": f"({column} < {start}) | ({column} >= {end})",
            ">=": f"{column} >= {start}",
            ">": f"{column} >= {end}",
            "<=": f"{column} < {end}",
            "<": f"{column} < {start}",
        }[op]
        code = self.keep(code)
        # -1 is unknown and lies before every place.
        return self.folded([code, self.keep(f"{column} >= 0")], "&") if op in ("<>", "<=", "<") else code

    def number(self, tree: tuple) -> tuple:
        """The value and where it is known."""
        match tree:
            case ("int", value):
                return str(value), "True"
            case ("null",):
                return "0", "False"
            case ("column", name):
                column = self.leaf(name)
                return column, self.keep(f"{column} != {self.names.absent[name]}")
            case ("arith", op, left, right):
                (a, a_known), (b, b_known) = self.number(left), self.number(right)
                return self.keep(f"{a} {op} {b}"), self.folded([a_known, b_known], "&")
            case ("case", branches, otherwise):
                value, known = self.number(otherwise)
                for when, then in reversed(branches):
                    here = self.true_of(when)
                    then_value, then_known = self.number(then)
                    value = self.keep(f"np.where({here}, {then_value}, {value})")
                    if then_known == known:
                        continue
                    known = (
                        self.keep(f"{here} | {known}")
                        if then_known == "True" and known != "False"
                        else here
                        if then_known == "True"
                        else self.keep(f"np.where({here}, {then_known}, {known})")
                    )
                return value, known
        raise ValueError(f"not a number: {tree}")
