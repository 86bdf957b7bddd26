"""docs/benchmarks.md: one section per measurement, replaced when it is measured again.

    python bench/report.py TITLE TEXT
"""

import re
import sys
from pathlib import Path

REPORT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Written by the programs of `bench/`, a section for each; a section is as old as its last run. Run `make bench` for
the list at 200,000 people; the other commands stand in each section. Every time is measured on the machine that the
section names, with its load when the run began.

"""


def put(title: str, text: str) -> None:
    """Puts this section in the place of the one whose heading begins so, or in its order."""
    parts = re.split(r"(?m)^(?=## )", REPORT.read_text())[1:] if REPORT.exists() else []
    kept = [part.rstrip() for part in parts if not part.startswith(f"## {title}")]
    sections = sorted([*kept, text.rstrip()], key=_order)
    REPORT.write_text(HEAD + "\n\n".join(sections) + "\n")


def _order(section: str) -> tuple:
    """The list, then its sizes, then the city, then what a browser sees, then the rest."""
    heading = section.splitlines()[0].removeprefix("## ")
    size = re.match(r"([\d,]+) people ×", heading)
    if size:
        return (1, int(size[1].replace(",", "")), "")
    for place, word in ((0, "The list"), (2, "Whole city"), (3, "Load"), (4, "Server start")):
        if heading.startswith(word):
            return (place, 0, heading)
    return (5, 0, heading)


if __name__ == "__main__":
    put(sys.argv[1], f"## {sys.argv[1]}\n\n{sys.argv[2]}\n")
    print(sys.argv[2])
