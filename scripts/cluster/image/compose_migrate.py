"""Runs the stand-in for the packaged migrations, as the product's script runs Alembic."""

import os
import subprocess
import sys

directory = os.path.dirname(os.path.abspath(__file__))
environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
stand_in = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", f"{directory}/stand-in.sql", os.environ["ALEMBIC_DATABASE_URL"]]
tables = [sys.executable, f"{directory}/product_tables.py"]
of_product = {**environment, "PYTHONPATH": "/opt/agent-bom/python"}
# The stand-in twice: it also separates the tenants of the tables that were still missing.
for command, variables in [
    ([*tables, "stores"], of_product),
    (stand_in, environment),
    ([*tables, "missing"], of_product),
    (stand_in, environment),
]:
    code = subprocess.run(command, env=variables, check=False).returncode
    if code != 0:
        sys.exit(code)
