"""A list of a million rows into a register that holds the whole city, with the server running beside it.

    scripts/bench.sh import --data DIR [--rows 1000000] [--xlsx]   on a city made before (it is changed: give a copy)

Writes a GBK list of 20 columns in no order: 30 % new people, 30 % with something changed, the rest as the register
has them, 0.4 % rows with one of twelve faults. Numbers of the people in the register are opened with the key of the
demo. Then `laoyou import … --commit` checks, previews and commits it while the load generator asks the running server
for pages. Writes a section of docs/benchmarks.md; ends with 1 where a target is missed.
"""

import argparse
import base64
import csv
import json
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from multiprocessing import Pool
from pathlib import Path
from xml.sax.saxutils import escape

import city as bench
import report

HEADER = "序号,姓名,身份证号,性别,出生日期,民族,户籍地,常住地,详细地址,联系电话,居住状况,户编号,与户主关系,联系人,联系人电话,联系人关系,起始日期,文化程度,填报单位,备注".split(",")
LIVING = {"alone": "独居", "couple": "空巢", "family": "与家人同住", "institution": "机构入住", "other": "其他"}
MOST_SECONDS, MOST_MB, MOST_MS = 60, 500, 200

# --- SM4 (GB/T 32907), enough of it to open numbers that the demo sealed with its own key ---
SBOX = bytes.fromhex(
    "d690e9fecce13db716b614c228fb2c052b679a762abe04c3aa441326498606999c4250f491ef987a33540b43edcfac62"
    "e4b31ca9c908e89580df94fa758f3fa64707a7fcf37317ba83593c19e6854fa8686b81b27164da8bf8eb0f4b70569d35"
    "1e240e5e6358d1a225227c3b01217887d40046579fd327524c3602e7a0c4c89eeabf8ad240c738b5a3f7f2cef96115a1"
    "e0ae5da49b341a55ad933230f58cb1e31df6e22e8266ca60c02923ab0d534e6fd5db3745defd8e2f03ff6a726d6c5b51"
    "8d1baf92bbddbc7f11d95c411f105ad80ac13188a5cd7bbd2d74d012b8e5b4b08969974a0c96777e65b9f109c56ec684"
    "18f07dec3adc4d2079ee5f3ed7cb3948"
)


def rotated(word: int, by: int) -> int:
    return (word << by | word >> (32 - by)) & 0xFFFFFFFF


def table(shift: int) -> list:
    out = []
    for byte in SBOX:
        word = byte << shift
        out.append(word ^ rotated(word, 2) ^ rotated(word, 10) ^ rotated(word, 18) ^ rotated(word, 24))
    return out


T0, T1, T2, T3 = table(24), table(16), table(8), table(0)


def round_keys(key: bytes) -> list:
    def mixed(word: int) -> int:
        word = int.from_bytes(bytes(SBOX[byte] for byte in word.to_bytes(4, "big")), "big")
        return word ^ rotated(word, 13) ^ rotated(word, 23)

    fk = (0xA3B1BAC6, 0x56AA3350, 0x677D9197, 0xB27022DC)
    k = [int.from_bytes(key[4 * at : 4 * at + 4], "big") ^ fk[at] for at in range(4)]
    out = []
    for at in range(32):
        ck = int.from_bytes(bytes((4 * at + j) * 7 % 256 for j in range(4)), "big")
        k.append(k[at] ^ mixed(k[at + 1] ^ k[at + 2] ^ k[at + 3] ^ ck))
        out.append(k[at + 4])
    return out


def block(keys: list, text: bytes) -> bytes:
    a, b, c, d = (int.from_bytes(text[at : at + 4], "big") for at in (0, 4, 8, 12))
    for key in keys:
        x = b ^ c ^ d ^ key
        a, b, c, d = b, c, d, a ^ T0[x >> 24] ^ T1[x >> 16 & 255] ^ T2[x >> 8 & 255] ^ T3[x & 255]
    return b"".join(word.to_bytes(4, "big") for word in (d, c, b, a))


def opened(keys: list, sealed: str | None) -> str:
    """What `Keys::seal` sealed as digits: key id, comma, base64 of nonce, ciphertext and tag."""
    if not sealed or "," not in sealed:
        return ""
    body = sealed.split(",", 1)[1]
    raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    nonce, text = raw[:12], raw[12:-16]
    stream = block(keys, nonce + (2).to_bytes(4, "big"))
    halves = (half for byte, mask in zip(text, stream) for half in ((byte ^ mask) >> 4, (byte ^ mask) & 15))
    return "".join("0123456789X"[half] for half in halves if half < 11)


KEYS: list = []


def set_keys(keys: list) -> None:
    KEYS.extend(keys)


def person(row: tuple) -> dict:
    names = ("name", "number", "sex", "birth", "hukou", "residence", "address", "phone", "living", "household", "relation", "contact", "contact_phone", "contact_relation")
    out = dict(zip(names, row))
    for field in ("number", "phone", "contact_phone"):
        out[field] = opened(KEYS, out[field])
    return out


def known(data: Path, count: int) -> list:
    """People of the register with a number, all over the city."""
    con = sqlite3.connect(f"file:{data / 'laoyou-demo.db'}?mode=ro", uri=True)
    columns = "name, id_number, sex, birth_date, hukou_area, residence_area, address, phone, living, household, relation, contact_name, contact_phone, contact_relation"
    root = con.execute("select min(code) from area_node").fetchone()[0][:4]
    # Who is alive and at home in the city both ways: nobody of them is refused or in conflict.
    query = f"select {columns} from people_person where id_number is not null and alive and hukou_area like '{root}%' and residence_area like '{root}%' order by random() limit ?"
    rows = con.execute(query, (count,)).fetchall()
    con.close()
    key = bytes.fromhex((data / "laoyou-demo.key").read_text().splitlines()[-1].split()[1])
    with Pool(2, set_keys, (round_keys(key),)) as pool:
        return pool.map(person, rows, chunksize=5_000)


def areas(data: Path) -> tuple:
    """Villages, and every area's name by code."""
    con = sqlite3.connect(f"file:{data / 'laoyou-demo.db'}?mode=ro", uri=True)
    names = dict(con.execute("select code, name from area_node where valid_to is null").fetchall())
    con.close()
    return [code for code in names if not code.endswith("000")], names


def checked(seventeen: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(seventeen, weights))
    return seventeen + "10X98765432"[total % 11]


def rows_of(options: argparse.Namespace, rows: int):
    """Yields the rows of the list, in no order."""
    chance = random.Random(7)
    villages, names = areas(options.data)

    def path(code: str) -> str:
        if chance.random() < 0.3:
            return code
        return names.get(code[:6] + "000000", "") + names.get(code[:9] + "000", "") + names.get(code, "")

    there = known(options.data, rows * 7 // 10)
    changed = rows * 3 // 10
    faults = rows * 4 // 1000
    new = rows - len(there)
    order = list(range(rows))
    chance.shuffle(order)
    bad = set(chance.sample(range(rows), faults))
    surnames, given = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗", "秀英兰芳玉华国建军明德福贵珍桂春梅红强伟平生文"
    for place, which in enumerate(order, 1):
        if which < new:
            born = f"{chance.randint(1931, 2024)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
            area = chance.choice(villages)
            one = {
                "name": chance.choice(surnames) + "".join(chance.sample(given, chance.choice((1, 2)))),
                # A county that is none: no number of the city is met.
                "number": checked(f"4213{which // 900 % 70 + 30:02}{born}{which % 900 + 100:03}"),
                "birth": int(born), "hukou": area, "residence": area, "address": f"{chance.randint(1, 12)}组{chance.randint(1, 90)}号",
                "phone": f"139{which:08}", "living": chance.choice(list(LIVING)), "household": f"B{which // 2}", "relation": "户主",
                "contact": "李强", "contact_phone": f"138{which:08}", "contact_relation": "子",
            }
            one["sex"] = "male" if int(one["number"][16]) % 2 else "female"
        else:
            one = dict(there[which - new])
            if which - new < changed:
                kind = which % 10
                if kind < 4:
                    one["living"] = "alone" if one["living"] != "alone" else "family"
                elif kind < 7:
                    one["phone"] = f"137{which:08}"
                elif kind < 9:
                    one["residence"] = chance.choice([village for village in chance.sample(villages, 8)])
                else:
                    one["address"], one["living"] = f"{which}号", "alone" if one["living"] != "alone" else "family"
        birth = str(one["birth"])
        row = [
            str(place), one["name"], one["number"], {"male": "男", "female": "女"}.get(one["sex"], ""),
            f"{birth[:4]}-{birth[4:6]}-{birth[6:]}", "汉族", path(one["hukou"]), path(one["residence"]), one["address"] or "", one["phone"] or "",
            LIVING.get(one["living"], ""), one["household"] or "", one["relation"] or "", one["contact"] or "", one["contact_phone"] or "",
            one["contact_relation"] or "", "2025-06-01", "小学", "民政办", "",
        ]
        if place in bad:
            spoil(row, place % 12)
        yield row


def spoil(row: list, kind: int) -> None:
    """One of twelve things that offices send."""
    number = row[2] or "421303194001010018"
    if kind == 0:
        row[2] = f"{float(number[:17]):.5E}"
    elif kind == 1:
        row[2] = number[:15] + "000"
    elif kind == 2:
        row[2] = number[:17] + ("1" if number[17] != "1" else "2")
    elif kind == 3:
        row[2] = ""
    elif kind == 4:
        row[1] = ""
    elif kind == 5:
        row[4] = "2023-02-30"
    elif kind == 6:
        row[4] = "1900-01-01"
    elif kind == 7:
        row[6] = "没有这个村"
    elif kind == 8:
        row[3] = "未说明"
    elif kind == 9:
        row[9] = "12345"
    elif kind == 10:
        row[10] = "不知道"
    else:
        row[16] = "2031-01-01"


def write_csv(options: argparse.Namespace, rows: int, file: Path) -> None:
    with file.open("w", encoding="gb18030", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(HEADER)
        writer.writerows(rows_of(options, rows))


def write_xlsx(options: argparse.Namespace, rows: int, file: Path) -> None:
    """One sheet of inline texts: the plainest way in which systems write them."""
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{rel}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{rel}/package/2006/relationships"><Relationship Id="rId1" Type="{rel}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}/officeDocument/2006/relationships"><sheets><sheet name="人员" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{rel}/package/2006/relationships"><Relationship Id="rId1" Type="{rel}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, text in parts.items():
            book.writestr(name, head + text)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'{head}<worksheet xmlns="{main}"><sheetData>'.encode())
            for at, row in enumerate([HEADER], 1):
                sheet.write(xml(at, row))
            for at, row in enumerate(rows_of(options, rows), 2):
                sheet.write(xml(at, row))
            sheet.write(b"</sheetData></worksheet>")


def xml(at: int, row: list) -> bytes:
    cells = "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' if cell else "<c/>" for cell in row)
    return f'<row r="{at}">{cells}</row>'.encode()


def run(options: argparse.Namespace, file: Path, commit: bool, database: Path) -> dict:
    """`laoyou import`: seconds until the file is in, checked, committed; peak memory."""
    settings = {
        "LAOYOU_DATABASE": f"sqlite:{database / 'laoyou-demo.db'}",
        "LAOYOU_KEY_FILE": str(database / "laoyou-demo.key"),
        "LAOYOU_FILES": str(database / "files"),
        "LAOYOU_ALLOW_DEMO": "true",
    }
    day = "2025-06-01"
    command = [str(options.binary), "import", "people", str(file), "--source", f"测量{time.time():.0f}", "--day", day, "--by", options.by]
    start = time.perf_counter()
    process = subprocess.Popen(command + (["--commit"] if commit else []), env=os.environ | settings, cwd=database, stdout=subprocess.PIPE, text=True)
    told, marks, peak = [], {}, [0]

    def watch() -> None:
        # The peak of the process itself: what the system counts for a child begins with the memory of who made it.
        while process.returncode is None:
            try:
                text = Path(f"/proc/{process.pid}/status").read_text()
            except OSError:
                return
            found = [line for line in text.splitlines() if line.startswith("VmHWM")]
            peak[0] = max([peak[0], *(int(line.split()[1]) for line in found)])
            time.sleep(0.2)

    time.sleep(0.2)
    threading.Thread(target=watch, daemon=True).start()
    for line in process.stdout:
        told.append(line.strip())
        for word, mark in (("批次", "uploaded"), ("共 ", "checked"), ("已提交", "committed")):
            if line.startswith(word) or mark == "uploaded" and word in line:
                marks.setdefault(mark, time.perf_counter() - start)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"laoyou import ended with {process.returncode}: {told}")
    return {"marks": marks, "peak_kib": peak[0], "cpu": used.ru_utime + used.ru_stime, "told": told}


def pages(options: argparse.Namespace, port: int, pid: int, sample: Path, seconds: int) -> dict:
    command = [options.generator, "--port", port, "--pid", pid, "--sample", sample, "--rate", options.rate, "--seconds", seconds, "--sequential", 10]
    told = subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(told.stdout)


def measure(options: argparse.Namespace, file: Path, commit: bool) -> tuple:
    """The import beside the running server, which is asked for pages all the while."""
    city = bench.City(options)
    sample = options.out / "sample-import.tsv"
    city.sample(sample)
    load = os.getloadavg()[0]
    with bench.serving(city, options.out / "server-import.log") as (server, port, _):
        bench.settled(server.pid)
        found: dict = {}

        def ask() -> None:
            found.update(pages(options, port, server.pid, sample, options.seconds))

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(5)
        done = run(options, file, commit, options.data)
        asking.join()
        peak = next(line for line in Path(f"/proc/{server.pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
        done["server_peak_kib"] = int(peak.split()[1])
    return done, found, load


def section(options: argparse.Namespace, title: str, rows: int, file: Path, done: dict, found: dict, load: float, targets: bench.Targets) -> str:
    marks = done["marks"]
    counts = next(line for line in done["told"] if line.startswith("共 "))
    every = found["open"]["kinds"]["all"]
    text = f"""## Import: {title}

`scripts/bench.sh import --data DIR`; {bench.machine()}, load before: {load:.1f}. {rows:,} rows of 20 columns in no order, {file.stat().st_size / 1e6:.0f} MB, into a
register of {options.people:,} people on SQLite by `laoyou import` beside the running server, which is asked for {options.rate} pages a second
(the mix of the load section) all the while. {counts}。

| | measured | target, at most | reached |
|---|---|---|---|
"""
    text += f"| file taken in, sealed | {marks['uploaded']:.1f} s | — | — |\n"
    text += targets.row("check and preview", marks["checked"] - marks["uploaded"], MOST_SECONDS, "s", 1)
    if "committed" in marks:
        text += targets.row("commit", marks["committed"] - marks["checked"], MOST_SECONDS, "s", 1)
    text += targets.row("peak memory of the import", done["peak_kib"] / 1024, MOST_MB, "MB")
    text += targets.row("pages meanwhile, p95", every["p95"], MOST_MS, "ms", 1)
    text += f"| pages meanwhile, p50, p99, slowest | {every['p50']:.1f}, {every['p99']:.1f}, {every['max']:.1f} ms | — | — |\n"
    text += f"| pages that failed | {every['failed']} of {every['count']:,} | — | — |\n"
    text += f"| peak memory of the server since its start | {done['server_peak_kib'] / 1024:.0f} MB | — | — |\n"
    text += f"\nThe import used {done['cpu']:.0f} s of processor time.\n"
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the demo; it is changed")
    parser.add_argument("--people", type=int, default=bench.WHOLE)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--by", default="demo-05-city", help="login of who brings it in")
    parser.add_argument("--rate", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=150)
    parser.add_argument("--xlsx", action="store_true", help="a workbook of as many rows as a sheet holds, checked only")
    parser.add_argument("--write", type=Path, help="write the list and measure nothing")
    parser.add_argument("--list", type=Path, help="a list that --write wrote for this city, instead of a new one")
    parser.add_argument("--alone", action="store_true", help="no server beside it")
    parser.add_argument("--dry", action="store_true", help="print the section, do not write docs/benchmarks.md")
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--generator", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.postgres, options.data = False, options.data.resolve()
    options.out.mkdir(parents=True, exist_ok=True)
    rows = 1_048_575 if options.xlsx and options.rows == 1_000_000 else options.rows
    file = options.write or options.list or options.out / ("list.xlsx" if options.xlsx else "list.csv")
    if not options.list:
        (write_xlsx if options.xlsx else write_csv)(options, rows, file)
    if options.write:
        return
    if options.alone:
        print(json.dumps(run(options, file, not options.xlsx, options.data), ensure_ascii=False, indent=1))
        return
    done, found, load = measure(options, file, not options.xlsx)
    targets = bench.Targets()
    title = "a whole sheet of a workbook (XLSX), checked" if options.xlsx else "a GBK list (CSV), checked and committed"
    text = section(options, f"{rows:,} rows, {title}", rows, file, done, found, load, targets)
    print(text)
    if not options.dry:
        report.put(text.splitlines()[0].removeprefix("## "), text)
    for line in targets.missed:
        print(f"missed: {line}", file=sys.stderr)
    sys.exit(1 if targets.missed else 0)


if __name__ == "__main__":
    main()
