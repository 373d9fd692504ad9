"""Asks the package index, through pip's own session, what versions of a package are published, or fetches a source archive.

  published.py list <package>                      prints [{"version", "uploaded", "sha256"}] as JSON
  published.py fetch <package> <version> <file>    writes the source archive to the file

`pip download` would run the build of what it downloads. Here nothing that was published is executed.
"""

import hashlib
import json
import sys

from pip._internal.models.index import PyPI
from pip._internal.network.session import PipSession

ENDING = ".tar.gz"


def archives(session, package):
    """The index's entry of each source archive, by version."""
    answer = session.get(f"{PyPI.simple_url}/{package}/", headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    answer.raise_for_status()
    start = package.replace("-", "_") + "-"
    named = {file["filename"].replace(f"{package}-", start): file for file in answer.json()["files"]}
    return {name[len(start) : -len(ENDING)]: file for name, file in named.items() if name.endswith(ENDING)}


def main(mode, package, *rest):
    session = PipSession(retries=3)
    session.timeout = 60
    found = archives(session, package)
    if mode == "list":
        rows = [(version, file["upload-time"], file["hashes"]["sha256"]) for version, file in found.items()]
        print(json.dumps([dict(zip(("version", "uploaded", "sha256"), row)) for row in rows]))
        return
    version, target = rest
    answer = session.get(found[version]["url"])
    answer.raise_for_status()
    if hashlib.sha256(answer.content).hexdigest() != found[version]["hashes"]["sha256"]:
        sys.exit(f"{package} {version}: the archive is not the one that the index lists")
    with open(target, "wb") as file:
        file.write(answer.content)


main(*sys.argv[1:])
