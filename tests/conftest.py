"""What all tests share: the project's folder, a browser, and a clean slate."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

# Before anything imports matplotlib; a user's own log must not reach the tests.
os.environ["MPLBACKEND"] = "Agg"
for setting in ("FOLLOWUP_LOG", "FOLLOWUP_DAYFIRST"):
    os.environ.pop(setting, None)

# A shared machine is slow now and then, and a failure has to come back when it is looked into.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")


@pytest.fixture(scope="session")
def project() -> Path:
    """The folder of the checkout."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def spark():
    """One session of Spark for all tests: it takes half a minute to start."""
    sql = pytest.importorskip("pyspark.sql")
    builder = sql.SparkSession.builder.master("local[1]")
    options = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2"}
    for name, value in options.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is; without it the test is skipped."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    return found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what writes Parquet where there is nothing to write it with."""
    if find_spec("pyarrow"):
        return
    for item in items:
        values = getattr(item, "callspec", None)
        if values and ".parquet" in values.params.values() and "extra" not in values.params:
            item.add_marker(pytest.mark.skip(reason="needs pyarrow, of the extra scale"))


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
