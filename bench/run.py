"""The whole list over a population: the engine against DuckDB and OpenFisca-core on the same file and rules.

    python3.11 -m venv .venv && .venv/bin/pip install -r bench/requirements.txt
    .venv/bin/python bench/run.py [--people 200000] [--rounds 7] [--file SNAPSHOT]

Rounds are interleaved; every round's totals must be equal (OpenFisca-core: yes and fen of every item, by
area too), and so must a digest of every single answer of engine and DuckDB. The result is printed and written to docs/benchmarks.md, a section per size.
"""

import argparse
import json
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import duckdb

import report

ROOT = Path(__file__).resolve().parent.parent
AGE = re.compile(
    r"\(\(case when birth_date <= (\d+) then \(\(\d+ - birth_date\) // 10000\) "
    r"else \(0 - \(\(birth_date - \d+ \+ 9999\) // 10000\)\) end\) >= (\d+)\)"
)


def built() -> Path:
    """Builds the driven example and gives its path."""
    command = ["cargo", "build", "--release", "-p", "engine", "--example", "whole_list"]
    subprocess.run(command, cwd=ROOT, check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / "release" / "examples" / "whole_list"


def folded(query: str) -> str:
    """Ages against a parameter as one comparison, as ages against a literal are printed: a favour
    to DuckDB, which would compute the age."""
    return AGE.sub(lambda m: f"(birth_date <= {int(m[1]) - int(m[2]) * 10000})", query)


class Asked:
    """A program asked over a pipe, so that starting it is not timed."""

    def __init__(self, *command: object) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([str(word) for word in command], stdin=pipe, stdout=pipe, text=True)

    def ask(self, command: str) -> dict:
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.process.args} stopped at «{command}»")
        return json.loads(line)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def duck_totals(rows: list, names: list) -> dict:
    """Item → (yes, unknown, fen, yes without an amount), from the rows by area."""
    column = {name: [row[at] or 0 for row in rows] for at, name in enumerate(names) if at > 0}
    people = sum(column["people"])
    items = {}
    for name in names:
        if name.startswith("known_"):
            no = name.removeprefix("known_")
            total = lambda kind: sum(column.get(f"{kind}_{no}", [0]))  # noqa: E731
            unknown = people - total("known")
            items[int(no)] = (total("yes"), unknown, total("fen"), total("fen_unknown"))
    return {"people": people, "items": items}


def areas_of(cursor: duckdb.DuckDBPyConnection) -> dict:
    """Area → yes and fen of each item, where there are any; fen is 0 for an item without an amount."""
    names = [column[0] for column in cursor.description]
    numbers = sorted(int(name.removeprefix("yes_")) for name in names if name.startswith("yes_"))
    areas = {}
    for row in cursor.fetchall():
        cells = dict(zip(names, row))
        pairs = [(cells[f"yes_{no}"], int(cells.get(f"fen_{no}") or 0)) for no in numbers]
        if any(map(any, pairs)):
            areas[cells["area"]] = pairs
    return areas


def engine_totals(told: dict) -> dict:
    items = {no: (yes, unknown, fen, lacking) for no, yes, unknown, _, fen, lacking in told["items"]}
    return {"people": told["people"], "items": items}


def digests(con: duckdb.DuckDBPyConnection, query: str, answers: Path) -> int:
    """Compares every answer that is not no; gives how many there are."""
    cursor = con.execute(query)
    theirs = dict(zip([column[0] for column in cursor.description], cursor.fetchone()))
    ours = con.execute(
        "select item, count(*), bit_xor(hash(person, yes, fen)) from read_parquet(?) group by item",
        [str(answers)],
    ).fetchall()
    ours = {item: (rows, digest) for item, rows, digest in ours}
    count = 0
    for name, rows in theirs.items():
        if name.startswith("rows_"):
            no = int(name.removeprefix("rows_"))
            pair = (rows, theirs[f"digest_{no}"])
            if ours.get(no, (0, None)) != pair:
                sys.exit(f"item {no}: answers differ: engine {ours.get(no)}, DuckDB {pair}")
            count += rows
    return count


def measure(options: argparse.Namespace, example: Path, work: Path) -> dict:
    file = options.file
    if file is None:
        file = work / "people.parquet"
        subprocess.run([example, "make", str(options.people), file], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([example, "sql", file, work], check=True)
    printed = (work / "totals.sql").read_text()
    load = os.getloadavg()[0]
    con = duckdb.connect()
    engine = Asked(example, "serve", file)
    times = {}
    queries = {"folded": folded(printed), "printed": printed}
    (work / "folded.sql").write_text(queries["folded"])
    openfisca = Asked(sys.executable, ROOT / "bench" / "openfisca_run.py", file, work / "folded.sql")
    parts = []

    def duck(kind: str, threads: int) -> dict:
        con.execute(f"set threads={threads}")
        start = time.perf_counter()
        cursor = con.execute(queries[kind])
        rows = cursor.fetchall()
        took = time.perf_counter() - start
        times.setdefault((f"duck {kind}", threads), []).append(took)
        return duck_totals(rows, [column[0] for column in cursor.description])

    def own(threads: int) -> dict:
        told = engine.ask(f"run {threads}")
        times.setdefault(("engine", threads), []).append(told["seconds"])
        times["peak"] = told["peak_kib"]
        return engine_totals(told)

    def theirs(threads: int, told: dict | None = None) -> dict:
        """A run of OpenFisca-core; what it does not count is taken from the engine's totals."""
        told = told or openfisca.ask("run")
        times.setdefault(("openfisca", threads), []).append(told["seconds"])
        times["openfisca peak"] = told["peak_kib"]
        parts.append(told)
        items = {}
        for no, (yes, fen) in told["items"].items():
            _, unknown, _, lacking = totals["items"][int(no)]
            items[int(no)] = (yes, unknown, fen, lacking)
        return {"people": told["people"], "items": items}

    totals = own(2)
    duck("folded", 2)
    by_area = openfisca.ask("areas")
    if theirs(1, by_area) != totals:
        sys.exit("OpenFisca-core has other totals")
    if areas_of(con.execute(queries["folded"])) != {
        code: [tuple(pair) for pair in pairs] for code, *pairs in by_area.pop("areas") if any(map(any, pairs))
    }:
        sys.exit("OpenFisca-core has other totals by area")
    parts.clear()
    times.clear()  # the first round warms the page cache
    for round_ in range(options.rounds):
        for threads in (2, 1):
            turns = [lambda: own(threads), lambda: duck("folded", threads), lambda: duck("printed", threads)]
            if threads == 1:
                turns.append(lambda: theirs(threads))  # it knows one thread only
            for turn in turns if round_ % 2 == 0 else reversed(turns):
                if turn() != totals:
                    sys.exit(f"totals differ in round {round_}")
    peak = times.pop("peak")
    openfisca_peak = times.pop("openfisca peak")
    openfisca.close()
    duck_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answers = work / "answers.parquet"
    table = engine.ask(f"answers 2 {answers}")
    if engine_totals(table) != totals:
        sys.exit("the table of answers has other totals")
    explained = engine.ask("explain 1000")
    engine.close()
    return {
        "people": totals["people"],
        "bytes": file.stat().st_size,
        "load": load,
        "items": len(totals["items"]),
        "yes": sum(item[0] for item in totals["items"].values()),
        "unknown": sum(item[1] for item in totals["items"].values()),
        "fen": sum(item[2] for item in totals["items"].values()),
        "answers": digests(con, (work / "digests.sql").read_text(), answers),
        "median": {key: statistics.median(value) for key, value in times.items()},
        "spread": {key: (min(value), max(value)) for key, value in times.items()},
        "ratio": {
            threads: statistics.median(
                a / b for a, b in zip(times["engine", threads], times["duck folded", threads])
            )
            for threads in (1, 2)
        },
        "openfisca": {
            threads: statistics.median(
                a / b for a, b in zip(times["openfisca", 1], times["engine", threads])
            )
            for threads in (1, 2)
        },
        "parts": {
            part: statistics.median(told[part] for told in parts) for part in ("load", "set_input", "calculate", "add")
        },
        "openfisca_peak": openfisca_peak / 1024,
        "peak": peak / 1024,
        "duck_peak": duck_peak / 1024,
        "table": table["seconds"],
        "explain": statistics.median(explained["seconds"]),
        "explain_max": max(explained["seconds"]),
    }


def section(found: dict, options: argparse.Namespace) -> str:
    def row(name: str, key: str) -> str:
        cells = [name]
        for threads in (1, 2):
            if (key, threads) not in found["spread"]:
                cells.append("—")
                continue
            low, high = found["spread"][key, threads]
            cells.append(f"{found['median'][key, threads] * 1000:.1f} ({low * 1000:.1f}–{high * 1000:.1f})")
        return "| " + " | ".join(cells) + " |"

    source = "a given snapshot" if options.file else "synthetic people of `crates/base/engine/examples/whole_list`"
    return f"""## {found['people']:,} people × {found['items']} items

{source}; {found['bytes'] / 1e6:.1f} MB Parquet; {options.rounds} interleaved rounds, each with equal totals
(load of the machine before the first: {found['load']:.1f}).
{found['yes']:,} yes, {found['unknown']:,} unknown, {found['fen'] / 100:,.2f} yuan; the {found['answers']:,} answers that are
not no are equal one by one (digest per item of person, answer, amount).

| milliseconds, median (fastest–slowest) | 1 thread | 2 threads |
|---|---|---|
{row('engine', 'engine')}
{row('DuckDB, ages folded', 'duck folded')}
{row('DuckDB, as `rules::sql` prints it', 'duck printed')}
{row('OpenFisca-core, ages folded', 'openfisca')}

| | |
|---|---|
| engine / DuckDB (ages folded), median of the rounds' ratios | {found['ratio'][1]:.2f} (1 thread), {found['ratio'][2]:.2f} (2 threads) |
| **OpenFisca-core / engine**, median of the rounds' ratios | {found['openfisca'][1]:.1f} (engine on 1 thread), {found['openfisca'][2]:.1f} (engine on 2 threads) |
| of OpenFisca-core's time | reading the file {found['parts']['load'] * 1000:.0f} ms, setting inputs {found['parts']['set_input'] * 1000:.0f} ms, computing {found['parts']['calculate'] * 1000:.0f} ms, adding up by area {found['parts']['add'] * 1000:.0f} ms |
| peak memory of the process | engine {found['peak']:.0f} MB; Python with DuckDB {found['duck_peak']:.0f} MB; Python with OpenFisca-core {found['openfisca_peak']:.0f} MB |
| table of answers written, 2 threads | {found['table'] * 1000:.0f} ms |
| one explanation as JSON, median of 1,000 (slowest) | {found['explain'] * 1e6:.0f} µs ({found['explain_max'] * 1e6:.0f} µs) |
"""


HEAD = """Run: `make bench`, or by hand

```sh
python3.11 -m venv .venv && .venv/bin/pip install -r bench/requirements.txt
.venv/bin/python bench/run.py --people 200000
.venv/bin/python bench/run.py --people 2047923
```

All three read the same Parquet file and evaluate the same rules (随政办发〔2023〕16号 附件1 with the demo values) for
2025-06-30. Starting the processes is not timed; opening, planning and computing are.

- The engine counts yes, unknown and no and adds up amounts per item by 户籍地 or 常住地, whichever the item states.
- DuckDB counts the same but groups every item by 常住地 alone, which is less work. Its query is one projection (each
  condition once, then counts and sums), the fastest form of the trial (ADR 0003); "ages folded" also turns
  `age >= param(…)` into one comparison of `birth_date`, as the engine does.
- OpenFisca-core is a program of its own (`bench/openfisca_run.py`), installed by pip into the environment of the bench
  and in nothing else of ours (AGPL). Its variables and formulas are generated by `bench/sql_numpy.py` from the same
  folded query, so no rule is typed twice; conditions that several items share are variables, which it computes once.
  It has no third truth value and one thread: it counts yes and fen by 常住地 and no unknowns, which is less work; an
  unknown fact is set so that it is neither true nor false. Yes and fen of every item in every area are DuckDB's.
"""


def write(text: str, people: int) -> None:
    """The section of this size, behind the section that says what is compared."""
    machine = (
        f"\nMachine: {os.cpu_count()} × {cpu()}, Python {platform.python_version()}, DuckDB {duckdb.__version__}, "
        f"OpenFisca-core {version('openfisca-core')}, numpy {version('numpy')}.\n"
    )
    report.put("The list", f"## The list: engine, DuckDB, OpenFisca-core\n\n{HEAD}{machine}")
    report.put(f"{people:,} people ×", text)


def cpu() -> str:
    try:
        names = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
        return names[1] if names else platform.machine()
    except OSError:
        return platform.machine()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--file", type=Path, help="a people.parquet instead of made people")
    parser.add_argument("--most", type=float, help="fail where engine / DuckDB with 2 threads is above this")
    parser.add_argument("--least", type=float, help="fail where OpenFisca-core / engine with 2 threads is below this")
    parser.add_argument("--dry", action="store_true", help="print the section, do not write docs/benchmarks.md")
    parser.add_argument("--example", type=Path, help="a built whole_list, instead of building it")
    options = parser.parse_args()
    example = options.example or built()
    with tempfile.TemporaryDirectory() as work:
        found = measure(options, example, Path(work))
    text = section(found, options)
    print(text)
    if not options.dry:
        write(text, found["people"])
    if found["explain"] > 0.005:
        sys.exit("one explanation takes more than 5 ms")
    if options.most is not None and found["ratio"][2] > options.most:
        sys.exit(f"engine / DuckDB is {found['ratio'][2]:.2f}, allowed {options.most}")
    if options.least is not None and found["openfisca"][2] < options.least:
        sys.exit(f"OpenFisca-core / engine is {found['openfisca'][2]:.1f}, wanted {options.least}")
    if found["peak"] > 150:
        sys.exit(f"the engine held {found['peak']:.0f} MB")


if __name__ == "__main__":
    main()
