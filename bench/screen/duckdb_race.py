"""DuckDB over a lake's own Parquet files: the marts by marts.sql, then the shipped rules. Writes figures and findings as JSON.

usage: duckdb_race.py LAKE RULES_FOLDER OUT tables|views RULE...
"""
import json
import re
import resource
import sys
import time
import tomllib
from pathlib import Path

import duckdb

lake, rules, out, variant = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
wanted = sys.argv[5:]
SUBJECTS = ["doctor", "department", "item", "patient", "supplier"]
db = duckdb.connect(":memory:", config={"threads": 2})


def live(dataset):
    months = json.loads((lake / dataset / "manifest.json").read_text())["months"]
    return [str(lake / dataset / part["file"]) for _, part in sorted(months.items())]


def names(dim):
    return [row[0] for row in db.execute(f"SELECT code FROM read_parquet('{lake}/dims/{dim}.codes.parquet')").fetchall()]


class Dim(dict):
    """Texts of codes, read when first asked for."""

    def __missing__(self, dim):
        self[dim] = names(dim)
        return self[dim]


dims = Dim()


def prepare():
    for name, dim in [("kind_code", "kind"), ("setting_name", "setting"), ("grade_name", "antibacterial_grade")]:
        db.execute(f"CREATE TABLE {name} AS SELECT file_row_number AS id, code AS name FROM read_parquet('{lake}/dims/{dim}.codes.parquet', file_row_number = true)")
    # Seconds have no type of their own in Parquet.
    db.execute(f"CREATE VIEW lines AS SELECT * REPLACE (make_timestamp(time * 1000000) AS time) FROM read_parquet({live('order_line')})")
    db.execute(f"""CREATE TABLE item AS SELECT i.item, i.name, k.name AS kind, i.class, g.name AS antibacterial, i.ddd_per_unit / 1e6 AS ddd_per_unit,
                   i.repeat_days, NULL AS unit FROM read_parquet({live('item')}) AS i LEFT JOIN kind_code AS k ON k.id = i.kind
                   LEFT JOIN grade_name AS g ON g.id = i.antibacterial""")
    db.execute(f"CREATE TABLE prescriber AS SELECT prescriber, name, specialty FROM read_parquet({live('prescriber')})")
    db.execute(f"CREATE TABLE department AS SELECT department, name FROM read_parquet({live('department')})")
    # The statistics of Qinglian that the rules call.
    db.execute("CREATE MACRO robust_z(x, m, d, f) AS (x - m) / greatest(1.4826 * d, f)")
    db.execute("CREATE MACRO count_floor(m) AS sqrt(greatest(m, 1))")
    db.execute("CREATE MACRO wilson_low(k, n) AS (2 * k + 1.959963984540054 ^ 2 - 1.959963984540054 * sqrt(1.959963984540054 ^ 2 + 4 * k * (1 - k / n))) / (2 * (n + 1.959963984540054 ^ 2))")


def marts():
    text = re.sub(r"(?m)^--.*$", "", (Path(__file__).parent / "marts.sql").read_text())
    for statement in text.split("\n;\n"):
        if statement.strip():
            kind = "TABLE" if variant == "tables" else "VIEW"
            start = time.perf_counter()
            db.execute(statement.replace("CREATE TABLE", f"CREATE {kind}", 1))
            per[re.search(r"CREATE TABLE (\w+)", statement)[1]] = time.perf_counter() - start


def rule(path):
    text = path.read_text()
    head, sql = text[text.index("/*") + 2 :].split("*/", 1)
    head = tomllib.loads(head)
    defaults = {name: param["default"] * (100 if param["is"] == "money" else 1) for name, param in head["params"].items()}
    # Where the dialects differ: two names that DuckDB keeps for itself, and one function.
    sql = re.sub(r"(?m)--.*$", "", sql)
    sql = re.sub(r"\b(by|at)\b", r'"\1"', sql).replace("percentile_cont(", "quantile_cont(")
    used = set(re.findall(r"\$(\w+)", sql))
    first, last = db.execute("SELECT min(month), max(month) FROM months_there").fetchone()
    values = {name: value for name, value in {**defaults, "from": first, "to": last}.items() if name in used}
    answer = db.execute(sql, values)
    columns = [column[0] for column in answer.description]
    return head, columns, answer.fetchall()


def shapes(dim):
    return json.loads((lake / "dims" / f"{dim}.shapes.json").read_text())


def ident(dim, number):
    shape = known_shapes.setdefault(dim, shapes(dim))[number >> 55]
    return f"{shape['prefix']}{number & (1 << 55) - 1:0{shape['width']}}"


CODES = {"doctor": "prescriber", "department": "department", "item": "item", "class": "item_class", "specialty": "specialty"}
IDS = {"patient": "patient", "prescription": "prescription"}


def said(column, value):
    """A code or an id as its text, as the hospital wrote it."""
    if value is None:
        return None
    if column in CODES:
        return dims[CODES[column]][int(value)]
    if column in IDS:
        return ident(IDS[column], int(value))
    return value if isinstance(value, (int, float, str)) else str(value)


known_shapes = {}
per, found = {}, {}
start, busy = time.perf_counter(), time.process_time()
prepare()
marts()
db.execute("CREATE TABLE months_there AS SELECT * FROM (VALUES " + ", ".join(
    f"(DATE '{month}-01')" for month in json.loads((lake / "order_line" / "manifest.json").read_text())["months"]) + ") AS t(month)")
for name in wanted:
    path = next(rules.glob(f"{name.lower()}_*.sql"))
    before = time.perf_counter()
    found[name] = rule(path)
    per[name] = time.perf_counter() - before
total, processor = time.perf_counter() - start, time.process_time() - busy
with out.open("w") as lines:
    for name, (head, columns, rows) in found.items():
        keep = [column for column in columns if column in SUBJECTS or column in head["figures"] or column == "month"]
        for row in rows:
            row = dict(zip(columns, row))
            lines.write(json.dumps({"rule": name, **{column: said(column, row[column]) for column in keep}}, default=float) + "\n")
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"total_s": total, "processor_s": processor, "per": per, "peak_rss_mb": peak, "version": duckdb.__version__}))
