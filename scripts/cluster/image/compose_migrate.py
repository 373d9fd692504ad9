"""Runs the stand-in for the packaged migrations, as the product's script runs Alembic."""

import os
import subprocess
import sys

directory = os.path.dirname(os.path.abspath(__file__))
environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", f"{directory}/stand-in.sql", os.environ["ALEMBIC_DATABASE_URL"]]
sys.exit(subprocess.run(command, env=environment, check=False).returncode)
