"""The whole city: how long the demo takes to make it, what it weighs, the night, and open-loop load on it.

    scripts/bench.sh city [--people 2047923] [--data DIR]     SQLite
    scripts/bench.sh city --postgres                          PostgreSQL, a throwaway one
    scripts/bench.sh load --data DIR [--people N]             only the load, on a city made before

Writes sections of docs/benchmarks.md and the raw JSON beside the build products. Ends with 1 where a
target is missed. Server and generator share two cores.
"""

import argparse
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import report

CORES = 2
WHOLE = 2_047_923
SAMPLE = 40_000
READY_SECONDS = 300
SETTLE_SECONDS = 600
KINDS = [
    "search by name",
    "search by initials, last four, phone",
    "list with filters",
    "person page, read before",
    "person page, never read before",
    "list counts, groups, desk",
    "dashboard, figure, drill-down",
    "all",
]


class City:
    """A city in one database."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.binary, self.people = options.binary, options.people
        self.data = options.data.resolve()
        self.url = postgres() if options.postgres else None
        self.name = "PostgreSQL" if self.url else "SQLite"

    def demo(self, *more: str) -> list:
        command = [str(self.binary), "demo", "--people", str(self.people), "--data", str(self.data), *more]
        return [*command, "--database", self.url] if self.url else command

    def bytes(self) -> int:
        if self.url:
            return int(ask(self.url, "select pg_database_size(current_database())")[0][0])
        files = [path for path in self.data.rglob("*") if path.is_file()]
        return sum(path.stat().st_size for path in files)

    def sample(self, file: Path) -> None:
        """Id, residence and name of people all over the city, as tab-separated lines."""
        columns, table = "p.id, p.residence_area, p.name", "people_person"
        if self.url:
            share = min(100.0, 100.0 * SAMPLE / self.people)
            query = f"select {columns} from {table} p tablesample bernoulli ({share}) repeatable (1) where p.residence_area is not null"
            rows = ask(self.url, query)
        else:
            import sqlite3

            con = sqlite3.connect(f"file:{self.data / 'laoyou-demo.db'}?mode=ro", uri=True)
            last = con.execute(f"select max(rowid) from {table}").fetchone()[0]
            places = {1 + at * 104_729 % last for at in range(min(SAMPLE, last))}
            query = f"select {columns} from {table} p where p.rowid = ? and p.residence_area is not null"
            rows = [row for place in sorted(places) for row in con.execute(query, (place,))]
            con.close()
        file.write_text("".join("\t".join(row) + "\n" for row in rows))


def postgres() -> str:
    """A database of the bench in the throwaway PostgreSQL that scripts/postgres.sh started."""
    url = os.environ.get("TEST_PG_URL") or sys.exit("PostgreSQL: run through scripts/postgres.sh")
    if not ask(url, "select 1 from pg_database where datname = 'laoyou_bench'"):
        ask(url, "create database laoyou_bench")
    return url.rsplit("/", 1)[0] + "/laoyou_bench"


def ask(url: str, query: str) -> list:
    command = ["psql", url, "-XAtq", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", query]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [line.split("\t") for line in out.splitlines()]


def measured(command: list, **more: object) -> dict:
    """Seconds and peak memory of a program, and how it ended."""
    start = time.perf_counter()
    process = subprocess.Popen(command, **more)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return {
        "code": process.returncode,
        "seconds": time.perf_counter() - start,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_kib": used.ru_maxrss,
    }


def make(city: City, options: argparse.Namespace) -> dict:
    """Generates the city anew."""
    if city.data.exists():
        if not (city.data / "laoyou-demo.key").exists() and any(city.data.iterdir()):
            sys.exit(f"{city.data} holds something else than a demo")
        shutil.rmtree(city.data)
    if city.url:
        base = os.environ["TEST_PG_URL"]
        ask(base, "drop database laoyou_bench")
        ask(base, "create database laoyou_bench")
    city.data.mkdir(parents=True)
    load = os.getloadavg()[0]
    found = measured(city.demo("--prepare-only"))
    if found["code"] != 0:
        sys.exit(f"making the city ended with {found['code']}")
    return found | {"bytes": city.bytes(), "load": load}


def night(city: City) -> dict | None:
    """`laoyou period night`, where this binary has it."""
    known = subprocess.run([str(city.binary), "period", "night", "--help"], capture_output=True, check=False)
    if known.returncode != 0:
        return None
    settings = {
        "LAOYOU_DATABASE": city.url or f"sqlite:{city.data / 'laoyou-demo.db'}",
        "LAOYOU_KEY_FILE": str(city.data / "laoyou-demo.key"),
        "LAOYOU_FILES": str(city.data / "files"),
        "LAOYOU_ALLOW_DEMO": "true",
    }
    command = [str(city.binary), "period", "night"]
    return measured(command, env=os.environ | settings, cwd=city.data) | {"bytes": city.bytes()}


@contextmanager
def serving(city: City, log: Path):
    """The running server: its process, its port, and the seconds until it was ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = time.perf_counter()
    with log.open("w") as out:
        server = subprocess.Popen(city.demo("--port", str(port)), stdout=out, stderr=out)
    try:
        while not ready(port):
            if server.poll() is not None or time.perf_counter() - start > READY_SECONDS:
                sys.exit(f"the server did not start: {log}")
            time.sleep(0.02)
        yield server, port, time.perf_counter() - start
    finally:
        server.terminate()
        server.wait()


def ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def settled(pid: int) -> float:
    """Waits until the server has done what it does on the first morning; gives the seconds it took."""
    start = time.perf_counter()
    while time.perf_counter() - start < SETTLE_SECONDS:
        before = cpu_seconds(pid)
        time.sleep(3)
        if cpu_seconds(pid) - before < 0.15:
            return max(0.0, time.perf_counter() - start - 3)
    sys.exit(f"the server was still busy after {SETTLE_SECONDS} s")


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(city: City, options: argparse.Namespace) -> dict:
    sample = options.out / f"sample-{city.name}.tsv"
    city.sample(sample)
    machine = os.getloadavg()[0]
    with serving(city, options.out / f"server-{city.name}.log") as (server, port, started):
        quiet = settled(server.pid)
        command = [options.generator, "--port", port, "--pid", server.pid, "--sample", sample]
        command += ["--rate", options.rate, "--seconds", options.seconds, "--sequential", options.sequential]
        told = subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(told.stdout) | {"ready_seconds": started, "settle_seconds": quiet, "load": machine}
    file = options.out / f"load-{city.name}.json"
    file.write_text(json.dumps(found, indent=1, ensure_ascii=False))
    routes = sorted(found["open"]["routes"].items(), key=lambda route: -route[1]["p50"])
    print(f"slowest routes (all of them in {file}): requests, p50, p95, slowest in ms", file=sys.stderr)
    for route, took in routes[:20]:
        print(f"  {took['count']:4} {took['p50']:8.1f} {took['p95']:8.1f} {took['max']:8.1f}  {route}", file=sys.stderr)
    return found


class Targets:
    """What was asked for, and whether it was reached."""

    def __init__(self) -> None:
        self.missed = []

    def row(self, what: str, found: float, most: float, unit: str, places: int = 0) -> str:
        good = found <= most
        if not good:
            self.missed.append(f"{what}: {found:.{places}f} {unit}, at most {most:,.0f}")
        return f"| {what} | {found:,.{places}f} {unit} | {most:,.0f} {unit} | {'yes' if good else '**no**'} |\n"


def city_section(city: City, made: dict, slept: dict | None, targets: Targets) -> str:
    whole = city.people == WHOLE
    text = f"""## Whole city: {city.people:,} people, {city.name}

`scripts/bench.sh city{' --postgres' if city.url else ''}{'' if whole else f' --people {city.people}'}`; {machine()}, load
before: {made['load']:.1f}. Peak memory is that of the process of the command{', without the database server' if city.url else ''}.
The targets are those of the whole city.

| | measured | target, at most | reached |
|---|---|---|---|
"""
    text += targets.row("`laoyou demo --prepare-only`", made["seconds"], 300, "s", 1)
    text += targets.row("its peak memory", made["peak_kib"] / 1024, 500, "MB")
    size = max(made["bytes"], (slept or made)["bytes"])
    what = "database, indexes, snapshots on disk" if slept else "database and indexes on disk (no snapshot yet)"
    text += targets.row(what, size / 1e6, 2000, "MB")
    if slept and slept["code"] != 0:
        targets.missed.append(f"laoyou period night ended with {slept['code']}")
        text += f"| `laoyou period night` | ended with {slept['code']} | 90 s | **no** |\n"
    elif slept:
        text += targets.row("`laoyou period night`", slept["seconds"], 90, "s", 1)
        text += f"| its peak memory | {slept['peak_kib'] / 1024:.0f} MB | — | — |\n"
    else:
        text += "| `laoyou period night` | this binary does not have it | 90 s | — |\n"
    return text


def load_section(city: City, found: dict, targets: Targets) -> str:
    opened, kinds = found["open"], found["open"]["kinds"]
    lag = opened["generator_lag"]
    text = f"""## Load: {city.people:,} people, {city.name}

`scripts/bench.sh load --data DIR{' --postgres' if city.url else ''}` (part of `scripts/bench.sh city`); {machine()}; server and generator
on the same {CORES} cores; load before: {found['load']:.1f}. {found['rate']} requests a second for {found['seconds']} s at even distances, open loop:
each is timed from the instant it was due. {found['sessions']} sessions of city, county and town offices and of leaders; people are a
random sample of {found['sampled_people']:,} of the whole city. Mix: 25 % searches, timed until the result page (45 % by name, 25 % by initials,
20 % by the last four of the number, 10 % by phone); 20 % lists with filters, a third of them on a later page; 30 % person
pages, one in five of someone never read before by this server; 15 % counts (desk, list, groups, one service); 10 % dashboard,
a figure, what it opens to. Answers compressed as for a browser.

| milliseconds | requests | failed | p50 | p95 | p99 | slowest |
|---|---|---|---|---|---|---|
"""
    for name in KINDS:
        if name in kinds:
            text += times(f"**{name}**" if name == "all" else name, kinds[name])
    text += "\nOne client, one request after the other, before the load:\n\n"
    text += "| milliseconds | requests | failed | p50 | p95 | p99 | slowest |\n|---|---|---|---|---|---|---|\n"
    text += times("search by name with its result page", found["sequential"]["name_search"])
    text += times("person page, never read before", found["sequential"]["person_page"])
    text += "\n| | measured | target, at most | reached |\n|---|---|---|---|\n"
    failed = kinds["all"]["failed"] + sum(one["failed"] for one in found["sequential"].values())
    text += targets.row("p95 of all under load", kinds["all"]["p95"], 100, "ms", 1)
    text += targets.row("failed", failed, 0, "requests")
    text += targets.row("name search, p95, one client", found["sequential"]["name_search"]["p95"], 50, "ms", 1)
    text += targets.row("person page, p95, one client", found["sequential"]["person_page"]["p95"], 30, "ms", 1)
    text += targets.row("server memory under load, highest of samples", opened["rss_kib"] / 1024, 400, "MB")
    text += targets.row("server memory, peak since its start", found["server"]["peak_rss_kib"] / 1024, 400, "MB")
    text += f"""
Under load at most {opened['anon_kib'] / 1024:.0f} MB of the memory were not mapped files; the server used {found['server']['cpu_seconds']:.0f} s of processor time{', without the database server' if city.url else ''}; at most
{opened['most_open']} requests were open at once; the generator itself was late by {lag['p99']:.1f} ms at p99. The server answered {found['ready_seconds']:.1f} s after
its start and rested {found['settle_seconds']:.0f} s later (the first morning's jobs).
"""
    failures = [example for times in kinds.values() for example in times["failures"]]
    if failures:
        text += "\nFailures: " + "; ".join(sorted(set(failures))) + ".\n"
    return text


def times(name: str, found: dict) -> str:
    cells = [name, f"{found['count']:,}", found["failed"], *(f"{found[at] or 0:.1f}" for at in ("p50", "p95", "p99", "max"))]
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def machine() -> str:
    try:
        name = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
        return f"{min(CORES, os.cpu_count() or CORES)} × {name[1] if name else platform.machine()}"
    except OSError:
        return platform.machine()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mode", choices=["city", "load"])
    parser.add_argument("--people", type=int, default=WHOLE)
    parser.add_argument("--data", type=Path, help="folder of the demo")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--sequential", type=int, default=300)
    parser.add_argument("--no-load", action="store_true", help="city: do not go on to the load")
    parser.add_argument("--dry", action="store_true", help="print the sections, do not write docs/benchmarks.md")
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--generator", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="for JSON, logs and cities")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity") and len(os.sched_getaffinity(0)) > CORES:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    options.out.mkdir(parents=True, exist_ok=True)
    options.data = options.data or options.out / f"city-{'postgres' if options.postgres else 'sqlite'}"
    city = City(options)
    targets = Targets()

    def put(text: str) -> None:
        print(text)
        if not options.dry:
            report.put(text.splitlines()[0].removeprefix("## "), text)

    if options.mode == "city":
        made = make(city, options)
        print(json.dumps(made), flush=True)
        slept = night(city)
        put(city_section(city, made, slept, targets))
    elif not (city.data / "laoyou-demo.ready").exists():
        print(json.dumps(make(city, options)), flush=True)
    if options.mode == "load" or not options.no_load:
        put(load_section(city, load(city, options), targets))
    for line in targets.missed:
        print(f"missed: {line}", file=sys.stderr)
    sys.exit(1 if targets.missed else 0)


if __name__ == "__main__":
    main()
