"""A session of Spark that leaves nothing behind: its own folder, no page, no log, no network beyond this machine.

Where SPARK_CONF_DIR names a configuration of Spark, the cluster named there does the work; its machines then need guzar
and must see the folders of the input and the output.
"""

import importlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from guzar.engines.local import SHARE_FOR_SORTING, Limits
from guzar.errors import SettingsInvalid

ROWS_PER_BATCH = 200_000  # that a Python worker gets at once
SECONDS_TO_STOP = 30
LEAST_MEMORY = 500_000_000  # bytes; Spark does not start with less
SETTINGS: Mapping[str, str] = {
    "spark.app.name": "guzar",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.adaptive.enabled": "false",  # parts stay where the order of persons puts them
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(ROWS_PER_BATCH),
}
ON_THIS_MACHINE: Mapping[str, str] = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.local.dir": "spill",  # in the folder of the session
    "spark.sql.warehouse.dir": "warehouse",
    "spark.driver.extraJavaOptions": "-Djava.io.tmpdir=. -XX:-UsePerfData",
}

ENCRYPTED: Mapping[str, str] = {
    "spark.io.encryption.enabled": "true",
    "spark.io.encryption.keySizeBits": "256",
}


@contextmanager
def open_session(limits: Limits, *, is_encrypted: bool = False) -> Iterator[Any]:
    """A SparkSession within the limits, for the time of a `with`; its files lie in `limits.spill`.

    With `is_encrypted` Spark encrypts what it writes to disk, with a key that dies with the session. Raises
    SettingsInvalid where PySpark or Java is missing, or where Spark does not start.
    """
    pyspark = _require_pyspark()
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    limits.spill.mkdir(parents=True, exist_ok=True)
    configuration = pyspark.SparkConf(loadDefaults=False)
    configuration.setAll(list({**_settings(limits), **(ENCRYPTED if is_encrypted else {})}.items()))
    with _as_before():
        gateway = _start_java(configuration, limits.spill)
        try:
            session = importlib.import_module("pyspark.sql").SparkSession(
                pyspark.SparkContext(conf=configuration, gateway=gateway)
            )
            session.sparkContext.setLogLevel("OFF")
            try:
                yield session
            finally:
                session.stop()
        finally:
            _stop_java(pyspark, gateway)


def _settings(limits: Limits) -> dict[str, str]:
    """Settings that were named; a cluster keeps its own for what is the machine's."""
    if os.environ.get("SPARK_CONF_DIR"):
        return dict(SETTINGS)
    memory = max(LEAST_MEMORY, int(limits.memory * SHARE_FOR_SORTING))
    here = {"spark.master": f"local[{limits.threads}]", "spark.driver.memory": f"{memory // 2**20}m"}
    return {**SETTINGS, **ON_THIS_MACHINE, **here}


def _require_pyspark() -> ModuleType:
    try:
        pyspark = importlib.import_module("pyspark")
        importlib.import_module("pandas")
    except ModuleNotFoundError:
        raise SettingsInvalid(
            "--engine spark needs PySpark, which is not installed.",
            expected="guzar with the extra spark, and Java 17",
            do="Install it: pip install 'guzar[spark]'; or use --engine local.",
        ) from None
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise SettingsInvalid(
            "--engine spark needs Java, which is not installed.",
            expected="Java 17 or later, on the path or in JAVA_HOME",
            do="Install it, on Debian with apt-get install openjdk-17-jre-headless; or use --engine local.",
        )
    return pyspark


def _start_java(configuration: Any, folder: Path) -> Any:
    """Java in a folder of its own and with nothing to say: what it prints could quote a row."""
    launch = importlib.import_module("pyspark.java_gateway").launch_gateway
    silent = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        return launch(configuration, silent)
    except importlib.import_module("pyspark.errors").PySparkException:
        raise SettingsInvalid(
            "Spark does not start.",
            expected="Java 17 or later, and as much memory free as --memory allows",
            do="Check with: java -version; allow less with --memory; or use --engine local.",
        ) from None


def _stop_java(pyspark: ModuleType, gateway: Any) -> None:
    gateway.shutdown()
    gateway.proc.stdin.close()  # at which Java ends
    try:
        gateway.proc.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        gateway.proc.kill()
        gateway.proc.wait()
    # The next session starts a Java of its own: the old one kept the folder for what spills over.
    pyspark.SparkContext._gateway = pyspark.SparkContext._jvm = None


@contextmanager
def _as_before() -> Iterator[None]:
    """What Ctrl+C does is afterwards what it did before: Spark puts itself there."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
