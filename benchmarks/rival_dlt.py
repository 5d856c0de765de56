"""The same CSV through dlt, into DuckDB, merged on the same key: run by dlt's own Python.

Ways that dlt's manual shows:
    plain    its filesystem source and read_csv, merged as it comes: a dictionary for every row
    parquet  the same with its parquet loader
    duckdb   read_csv_duckdb handing on Arrow tables, loaded as Parquet, merged by "upsert"
    arrow    tables of pyarrow.csv yielded by a resource, loaded and merged likewise
Prints one JSON object: the seconds of `pipeline.run`, on the wall and of the processors, and the
rows that are in the table then.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROW_BY_ROW = ("plain", "parquet")
KEY = "so_ho_so"  # how dlt spells the column SoHoSo
CHUNK, BLOCK = 100_000, 32 * 1024**2


def main(way: str, csv: Path, folder: Path, times: str) -> None:
    os.environ["DLT_DATA_DIR"] = str(folder / "data")
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
    import dlt  # type: ignore[import-not-found]  # lives in the rival's own environment

    pipeline = dlt.pipeline(
        "onestop",
        pipelines_dir=str(folder / "pipelines"),
        destination=dlt.destinations.duckdb(str(folder / "onestop.duckdb")),
        dataset_name="facts",
    )
    resource = arrow(dlt, csv, times) if way == "arrow" else files(way, csv, times)
    strategy = "delete-insert" if way in ROW_BY_ROW else "upsert"
    resource.apply_hints(
        write_disposition={"disposition": "merge", "strategy": strategy}, primary_key=KEY
    )
    wall, processor = time.perf_counter(), time.process_time()
    form = None if way == "plain" else "parquet"
    pipeline.run(resource.with_name("dossier"), loader_file_format=form)
    spent = (time.perf_counter() - wall, time.process_time() - processor)
    with pipeline.sql_client() as client:
        rows = client.execute_sql("select count(*) from dossier")[0][0]
    print(json.dumps({"spent": spent, "rows": rows}))


def files(way: str, csv: Path, times: str) -> Any:
    from dlt.sources import filesystem as fs  # type: ignore[import-not-found]  # the same

    found = fs.filesystem(bucket_url=str(csv.parent), file_glob=csv.name)
    if way in ROW_BY_ROW:
        return found | fs.read_csv()
    return found | fs.read_csv_duckdb(chunk_size=CHUNK, use_pyarrow=True, timestamp_format=times)


def arrow(dlt: Any, csv: Path, times: str) -> Any:
    import pyarrow.csv as arrow_csv

    @dlt.resource(name="dossier")  # type: ignore[untyped-decorator]  # the same
    def tables() -> Iterator[Any]:
        convert = arrow_csv.ConvertOptions(timestamp_parsers=[times])
        read = arrow_csv.ReadOptions(block_size=BLOCK)
        yield from arrow_csv.open_csv(csv, read_options=read, convert_options=convert)

    return tables()


if __name__ == "__main__":
    way, csv, folder, times = sys.argv[1:]
    main(way, Path(csv), Path(folder), times)
