"""The whole list in OpenFisca-core, a program of its own: bench/run.py starts it and speaks with it
over a pipe. OpenFisca-core is AGPL; nothing of ours imports it but this file of the bench.

    python bench/openfisca_run.py SNAPSHOT TOTALS.sql [source]

Its variables and formulas are generated from TOTALS.sql, the query that `rules::sql` prints from
the plan, with ages folded into one comparison. A condition that several items share is a variable
of its own, which OpenFisca computes once. Each line `run` on standard input is one whole run in a
fresh simulation and is answered by a line of JSON; `areas` is the same with yes and fen by area of
residence in it; `source` prints the formulas instead.
"""

import gc
import json
import re
import resource
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from sql_numpy import Formula, Names, parse

DAY = "2025-06-30"
AREA = "residence_area"
PERSON = build_entity(key="person", plural="people", label="", is_person=True)


def columns(schema: pa.Schema, trees: list) -> Names:
    """The kinds of the columns, and for each number the absent value that saves comparisons."""
    flags = {item.name for item in schema if pa.types.is_boolean(item.type)}
    words = {item.name for item in schema if pa.types.is_dictionary(item.type)}
    upward = Counter()

    def look(tree: object) -> None:
        if not isinstance(tree, tuple):
            return
        if tree[:1] == ("compare",) and tree[2][0] == "column":
            upward[tree[2][1]] += {"<": 1, "<=": 1, ">": -1, ">=": -1}.get(tree[1], 0)
        for part in tree:
            look(part)

    for tree in trees:
        look(tree)
    numbers = {item.name: item.type for item in schema if pa.types.is_integer(item.type)}
    absent = {name: 99_999_999 if upward[name] > 0 else -1 for name in numbers}
    return Names(flags=flags, words=words, absent=absent)


class Rules:
    """Conditions and amounts by item, from the printed query."""

    def __init__(self, sql: str, schema: pa.Schema) -> None:
        condition = re.compile(r"(?m)^  (.*) as y(\d+),?$")
        amount = re.compile(r"(?m)^  y\d+, case when y\d+ then 1 end as a\d+, case when y\d+ then (.*) end as f(\d+),?$")
        self.conditions = {int(no): parse(text) for text, no in condition.findall(sql)}
        self.amounts = {int(no): parse(text) for text, no in amount.findall(sql)}
        self.names = columns(schema, [*self.conditions.values(), *self.amounts.values()])
        self.source = self.generated()

    def parts(self, no: int) -> list:
        tree = self.conditions[no]
        return list(tree[1:]) if tree[0] == "and" else [tree]

    def generated(self) -> str:
        """The Python source of all variables with a formula."""
        counted = Counter(part for no in self.conditions for part in set(self.parts(no)))
        again = [part for part, times in counted.items() if times > 1 and part[0] != "column"]
        text = []
        for at, part in enumerate(again):
            text.append(self.variable(f"shared_{at}", "bool", lambda formula: formula.true_of(part)))
        # Only now, so that a shared condition is not its own formula.
        self.names.shared = {part: f"shared_{at}" for at, part in enumerate(again)}
        for no, tree in self.conditions.items():
            text.append(self.variable(f"service_{no}", "bool", lambda formula: formula.true_of(tree)))
        for no, tree in self.amounts.items():

            def fen(formula: Formula) -> str:
                value, known = formula.number(tree)
                yes = formula.keep(f"person('service_{no}', period)")
                return f"np.where({formula.folded([yes, known], '&')}, {value}, 0)"

            text.append(self.variable(f"fen_{no}", "int", fen))
        return "\n\n".join(text)

    def variable(self, name: str, kind: str, write) -> str:
        formula = Formula(self.names, lambda leaf: f"person('{leaf}', period)")
        result = write(formula)
        if result in ("True", "False"):
            result = f"np.full(person.count, {result})"
        lines = "".join(f"        {line}\n" for line in formula.lines)
        return (
            f"class {name}(Variable):\n    value_type = {kind}\n    entity = PERSON\n"
            f"    definition_period = DateUnit.DAY\n\n    def formula(person, period):\n{lines}        return {result}"
        )

    def system(self, scope: dict) -> TaxBenefitSystem:
        """A tax and benefit system of these variables; `scope` is where formulas find the places."""
        system = TaxBenefitSystem([PERSON])
        for leaf in sorted(self.names.leaves):
            kind = bool if leaf.removesuffix("__false") in self.names.flags else int
            body = {"value_type": kind, "entity": PERSON, "definition_period": DateUnit.DAY}
            system.add_variable(type(leaf, (Variable,), body))
        exec(compile(self.source, "formulas", "exec"), scope)  # noqa: S102
        for name, held in list(scope.items()):
            if isinstance(held, type) and issubclass(held, Variable) and held is not Variable:
                system.add_variable(held)
        return system


def filled(column: pa.ChunkedArray, value: object, kind: object) -> np.ndarray:
    if column.null_count:
        column = pc.fill_null(column, value)
    return column.to_numpy().astype(kind, copy=False)


def loaded(file: Path, rules: Rules, scope: dict) -> tuple:
    """The arrays of the needed columns; texts become places in their sorted dictionary."""
    needed = sorted({leaf.removesuffix("__false") for leaf in rules.names.leaves} | {AREA})
    table = pq.read_table(file, columns=needed)
    arrays, dictionaries = {}, {}
    for name in needed:
        column = table[name]
        if name in rules.names.flags:
            if name in rules.names.leaves:
                arrays[name] = filled(column, False, bool)
            if f"{name}__false" in rules.names.leaves:
                arrays[f"{name}__false"] = ~filled(column, True, bool)
        elif name in rules.names.words:
            column = column.unify_dictionaries().combine_chunks()
            if isinstance(column, pa.ChunkedArray):
                column = column.chunk(0)
            texts = np.array(column.dictionary.to_pylist(), dtype=str)
            order = np.argsort(texts)
            places = np.empty(len(texts) + 1, dtype=np.int32)
            places[order] = np.arange(len(texts), dtype=np.int32)
            places[-1] = -1  # what an index of -1 reads: unknown
            arrays[name] = places[filled(column.indices, -1, np.int32)]
            dictionaries[name] = texts[order]
        else:
            arrays[name] = filled(column, rules.names.absent[name], np.int32)
    for constant, (name, text, side) in rules.names.places.items():
        scope[constant] = int(np.searchsorted(dictionaries[name], text, side=side))
    areas = arrays[AREA] + 1  # 0 is unknown
    if AREA not in rules.names.leaves:
        del arrays[AREA]
    return arrays, table.num_rows, areas, [None, *dictionaries[AREA].tolist()]


def run(file: Path, rules: Rules, system: TaxBenefitSystem, scope: dict, by_area: bool) -> dict:
    start = time.perf_counter()
    arrays, count, areas, codes = loaded(file, rules, scope)
    read = time.perf_counter()
    simulation = SimulationBuilder().build_default_simulation(system, count)
    for name, array in arrays.items():
        simulation.set_input(name, DAY, array)
    set_ = time.perf_counter()
    found, adding = {}, 0.0
    for no in rules.conditions:
        yes = simulation.calculate(f"service_{no}", DAY)
        fen = simulation.calculate(f"fen_{no}", DAY) if no in rules.amounts else None
        calculated = time.perf_counter()
        places = areas[yes]
        sums = np.zeros(len(codes)) if fen is None else np.bincount(places, weights=fen[yes], minlength=len(codes))
        found[no] = (np.bincount(places, minlength=len(codes)), sums)
        adding += time.perf_counter() - calculated
    done = time.perf_counter()
    told = {"areas": [[code, *rows] for code, *rows in by_codes(codes, found)]} if by_area else {}
    return told | {
        "people": count,
        "items": {no: (int(yes.sum()), int(fen.sum())) for no, (yes, fen) in found.items()},
        "seconds": done - start,
        "load": read - start,
        "set_input": set_ - read,
        "calculate": done - set_ - adding,
        "add": adding,
        "peak_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }


def by_codes(codes: list, found: dict) -> list:
    """A row per area: its code, then yes and fen of each item in order."""
    pairs = [[column.astype(np.int64).tolist() for column in found[no]] for no in sorted(found)]
    return [[code, *[[yes[at], fen[at]] for yes, fen in pairs]] for at, code in enumerate(codes)]


def main() -> None:
    file, sql = Path(sys.argv[1]), Path(sys.argv[2]).read_text()
    rules = Rules(sql, pq.read_schema(file))
    if sys.argv[3:] == ["source"]:
        print(rules.source)
        return
    scope = {"np": np, "Variable": Variable, "PERSON": PERSON, "DateUnit": DateUnit}
    system = rules.system(scope)
    for line in sys.stdin:
        if line.strip() in ("run", "areas"):
            print(json.dumps(run(file, rules, system, scope, line.strip() == "areas")), flush=True)
            gc.collect()


if __name__ == "__main__":
    main()
