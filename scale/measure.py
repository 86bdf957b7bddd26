"""The whole list on a Ballista cluster of this machine: equal answers, what it costs, one executor killed.

    scale/measure.py --scale BINARY --make BINARY [--people 100000 2047923 20000000] [--work FOLDER]

Writes docs/scale.md. Ends with 1 where an answer differs. A scheduler and two executors of one core each share two
cores with whoever asks, so this shows overhead and safety, not speed-up.
"""

import argparse
import json
import os
import platform
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLAN = ROOT / "plans" / "suizhou"
OVERLAY = ROOT / "crates" / "app" / "demo" / "overlay" / "suizhou-params.toml"
DAY = "2025-06-30"
PROVINCE = 58_000_000
COUNTRY = 1_408_000_000
START_SECONDS = 60


def free_ports(count: int) -> list:
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def wait_for(port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"nothing answered on port {port}")


def peak_mb(process: subprocess.Popen) -> float:
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


class Cluster:
    """A scheduler and two executors, each a process of its own."""

    def __init__(self, binary: Path, work: Path) -> None:
        self.port, *ports = free_ports(5)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.scheduler = subprocess.Popen([binary, "scheduler", str(self.port)], **quiet)
        wait_for(self.port)
        self.executors = []
        for at in range(2):
            port, grpc = ports[2 * at : 2 * at + 2]
            folder = work / f"executor-{at}"
            folder.mkdir(parents=True, exist_ok=True)
            words = ["executor", str(self.port), str(port), str(grpc), str(folder)]
            self.executors.append(subprocess.Popen([binary, *words], **quiet))
            wait_for(port)
        # Both have to be known before the first question.
        time.sleep(3)

    def stop(self) -> None:
        for process in [*self.executors, self.scheduler]:
            process.send_signal(signal.SIGKILL)
            process.wait()


@contextmanager
def cluster(binary: Path, work: Path):
    one = Cluster(binary, work)
    try:
        yield one
    finally:
        one.stop()


def asked(binary: Path, file: Path, *how: str) -> list:
    return [str(binary), "ask", *how, str(PLAN), str(OVERLAY), str(file), DAY]


def ask(binary: Path, file: Path, *how: str) -> dict:
    done = subprocess.run(asked(binary, file, *how), check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def equal(answers: dict) -> None:
    """All who were asked say the same of every item."""
    said = {name: (answer["people"], answer["items"]) for name, answer in answers.items()}
    first, *others = said
    for other in others:
        if said[other] != said[first]:
            differing = [pair for pair in zip(said[first][1], said[other][1]) if pair[0] != pair[1]]
            sys.exit(f"{first} and {other} differ: {said[first][0]} and {said[other][0]} people, {differing[:5]}")


def measure(options, cluster: Cluster, people: int) -> dict:
    file = options.work / f"people-{people}.parquet"
    if not file.exists():
        subprocess.run([options.make, "make", str(people), file], check=True, stdout=subprocess.DEVNULL)
    hows = {"ballista": ["ballista", str(cluster.port)], "datafusion": ["datafusion"], "engine": ["engine"]}
    seconds = {name: [] for name in hows}
    for _ in range(5 if people < 5_000_000 else 3):
        answers = {name: ask(options.scale, file, *how) for name, how in hows.items()}
        equal(answers)
        for name, answer in answers.items():
            seconds[name].append(answer["seconds"])
    medians = {name: statistics.median(all) for name, all in seconds.items()}
    return {"people": people, "bytes": file.stat().st_size, "file": str(file), **medians}


def killed(options, cluster: Cluster, result: dict) -> dict:
    """One executor dies while it works; what it had done is done again by the other."""
    file, expected = Path(result["file"]), {}
    expected["engine"] = ask(options.scale, file, "engine")
    start = time.monotonic()
    asking = subprocess.Popen(
        asked(options.scale, file, "ballista", str(cluster.port)), stdout=subprocess.PIPE, text=True
    )
    time.sleep(max(0.2, result["ballista"] / 3))
    victim = cluster.executors[1]
    victim.kill()
    victim.wait()
    text, _ = asking.communicate(timeout=600)
    took = time.monotonic() - start
    if asking.returncode != 0:
        sys.exit("the question was not answered after an executor was killed")
    equal({**expected, "ballista, one executor killed": json.loads(text.splitlines()[-1])})
    alone = ask(options.scale, file, "ballista", str(cluster.port))
    equal({**expected, "ballista on one executor": alone})
    return {"took": took, "alone": alone["seconds"]}


def hours(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.1f} s" if seconds < 1 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def report(results: list, after: dict, memory: dict) -> str:
    largest = results[-1]
    per = {name: largest[name] / largest["people"] for name in ("engine", "datafusion", "ballista")}
    bytes_each = largest["bytes"] / largest["people"]
    rows = "\n".join(
        f"| {one['people']:,} | {one['bytes'] / 1e6:.0f} MB | {one['engine']:.2f} s | {one['datafusion']:.2f} s "
        f"| {one['ballista']:.2f} s | {one['ballista'] - one['datafusion']:+.2f} s "
        f"({100 * (one['ballista'] / one['datafusion'] - 1):+.0f} %) |"
        for one in results
    )
    cores = os.cpu_count() or 1
    table = []
    for name, people in (("a province", PROVINCE), ("the country", COUNTRY)):
        parquet = people * bytes_each / 1e9
        own = people * per["engine"]
        dist = people * per["ballista"] * cores
        table.append(
            f"| {name}, {people / 1e6:,.0f} million | {parquet:,.1f} GB | {hours(own)} | {hours(own * cores / 64)} "
            f"| {hours(dist / 32)} | {hours(dist / 256)} |"
        )
    return f"""# Beyond one machine

Written by `make scale` on {time.strftime("%Y-%m-%d")}: {cores} cores ({platform.machine()}), the plan of 随州 with its 28 items
over a synthetic population, one query for all items by area of residence. The query is the text that `rules::sql` prints, the file
the snapshot that `laoyou snapshot write` writes. Ballista runs as a scheduler and two executors of one core each, separate processes on
the loopback interface; whoever asks shares the two cores with them. **So this shows that answers are equal and what distribution
costs; two executors on the same cores cannot show that it is faster.**

## Measured

Medians of interleaved runs; the engine is what the product uses on one machine.

| people | snapshot | engine | DataFusion in one process | Ballista | distribution costs |
|---|---|---|---|---|---|
{rows}

- **Equal**: per item yes, no, unknown, sum of amounts and amounts unknown, by all three, in every run.
- **An executor killed** (`kill -9`) in the middle of {largest["people"]:,} people: the same answer after {after["took"]:.1f} s; the next question on the
  executor that is left {after["alone"]:.1f} s, the same answer. An executor is given up after 15 s of silence.
- **Memory at most**: scheduler {memory["scheduler"]:.0f} MB, an executor {memory["executor"]:.0f} MB.

## What larger places take

Computed from the largest run above, not measured: people × seconds per person, divided by cores, as if work divided evenly; reading from
an object store is not in it.

| | snapshot | engine, {cores} cores as here | engine, one machine of 64 cores | Ballista, 32 cores | Ballista, 256 cores |
|---|---|---|---|---|---|
{chr(10).join(table)}

**A province does not need a cluster for its list**: one machine with the engine asks everybody in the time of a coffee, and because counts and sums
add up, cities can be asked apart and added. Ballista is for questions nobody wrote a program for, over the same files and the same SQL. For the
country the snapshots of provinces stay where they are, and only tables by area travel.

The register itself is kept per city (design: one installation a city). For a province on one PostgreSQL the measured 1.5 KB of disk and
the load figures of [the benchmarks](benchmarks.md) scale with people and officers; that was not tried.

## What to know before running one

- Executors open the Parquet path themselves: a shared file system, or an object store.
- Ports have no authentication by default, and whoever reaches the scheduler reads any file an executor can: a network of its own, or TLS.
- `scale/` is a workspace of its own with its own lock file; nothing of it is in the product.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=Path, required=True)
    parser.add_argument("--make", type=Path, required=True)
    parser.add_argument("--people", type=int, nargs="+", default=[100_000, 2_047_923, 20_000_000])
    parser.add_argument("--work", type=Path, default=Path("/tmp/laoyou-scale"))
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    with cluster(options.scale, options.work) as running:
        results = [measure(options, running, people) for people in sorted(options.people)]
        memory = {
            "scheduler": peak_mb(running.scheduler),
            "executor": max(peak_mb(one) for one in running.executors),
        }
        after = killed(options, running, results[-1])
    text = report(results, after, memory)
    (ROOT / "docs" / "scale.md").write_text(text)
    shutil.rmtree(options.work)
    print(text)


if __name__ == "__main__":
    main()
