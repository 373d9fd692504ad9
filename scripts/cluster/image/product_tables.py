"""Tables as the product's own API makes them where it is developed: its package has no migrations.

    product_tables.py stores   the tables of its stores, before the stand-in makes what is missing
    product_tables.py missing  the tables that it looks for and no store makes, and the versions that it compares
"""

import importlib
import inspect
import os
import pkgutil
import sys

# With the variables of a deployment, it expects that Alembic has made everything.
for name in [name for name in os.environ if name.startswith("AGENT_BOM_")]:
    del os.environ[name]

import agent_bom.api
from agent_bom.api.storage_schema import CONTROL_PLANE_SCHEMA_COMPONENTS
from psycopg import sql
from psycopg_pool import ConnectionPool


def stores(pool):
    for module in pkgutil.walk_packages(agent_bom.api.__path__, "agent_bom.api."):
        if not any(part in module.name for part in ("postgres", "_store", ".storage.", "shared_auth_state")):
            continue
        loaded = importlib.import_module(module.name)
        for name, kind in inspect.getmembers(loaded, inspect.isclass):
            if kind.__module__ != module.name:
                continue
            try:
                if callable(getattr(kind, "postgres", None)):
                    kind.postgres(pool)
                elif name.startswith("Postgres") and hasattr(kind, "_init_tables"):
                    store = kind.__new__(kind)
                    store._pool = store._maintenance_pool = pool
                    store._init_tables()
            except Exception as error:
                print(f"left to the stand-in: {name}: {error}".splitlines()[0], file=sys.stderr)


def missing(pool):
    create = sql.SQL(
        "create table if not exists {} (id bigint generated always as identity primary key,"
        " tenant_id text not null default public.abom_current_tenant(), body jsonb)"
    )
    with pool.connection() as connection:
        for component in CONTROL_PLANE_SCHEMA_COMPONENTS:
            if "postgres" not in component.backend:
                continue
            for table in component.tables:
                connection.execute(create.format(sql.Identifier(table)))
            connection.execute(
                "insert into control_plane_schema_versions (component, version) values (%s, %s) on conflict do nothing",
                (component.component, component.version),
            )


with ConnectionPool(os.environ["ALEMBIC_DATABASE_URL"], min_size=1, max_size=3, timeout=20) as pool:
    {"stores": stores, "missing": missing}[sys.argv[1]](pool)
