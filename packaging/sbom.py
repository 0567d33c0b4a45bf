"""Writes what a release is made of, as CycloneDX 1.5 (JSON): every locked package with its hashes.

    python packaging/sbom.py VERSION SECONDS_SINCE_1970 >nvmeviz.cdx.json

A package that only builds is marked "excluded", as CycloneDX calls what is not in the product.
"""

from __future__ import annotations

import json
import platform
import re
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
LOCKS = {"runtime": "required", "build": "excluded", "freeze": "excluded"}
_PACKAGE = re.compile(
    r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: ; (?P<only>[^\\\n]+?))?(?P<hashes>(?: \\\n +--hash=\S+)+)",
    re.M,
)


def components(lock: str, scope: str) -> list[dict[str, Any]]:
    """The packages of a lock that are installed here. hashes: of every file that pip accepts."""
    text = (HERE / f"{lock}.lock").read_text(encoding="utf-8")
    return [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{found['name']}@{found['version']}",
            "name": found["name"],
            "version": found["version"],
            "scope": scope,
            "purl": f"pkg:pypi/{found['name']}@{found['version']}",
            "hashes": [
                {"alg": "SHA-256", "content": content}
                for content in re.findall(r"sha256:([0-9a-f]{64})", found["hashes"])
            ],
        }
        for found in _PACKAGE.finditer(text)
        if not found["only"] or f"'{sys.platform}'" in found["only"]
    ]


def sbom(version: str, seconds: int) -> dict[str, Any]:
    """The whole document; the same for the same locks, version and time."""
    parts: dict[str, dict[str, Any]] = {}
    for lock, scope in LOCKS.items():
        for part in components(lock, scope):
            parts.setdefault(part["bom-ref"], part)
    python = {
        "type": "platform",
        "bom-ref": f"pkg:generic/cpython@{platform.python_version()}",
        "name": "cpython",
        "version": platform.python_version(),
        "purl": f"pkg:generic/cpython@{platform.python_version()}",
    }
    itself = f"pkg:pypi/nvmeviz@{version}"
    required = [ref for ref, part in parts.items() if part["scope"] == "required"]
    document: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(seconds, UTC).isoformat(),
            "component": {
                "type": "application",
                "bom-ref": itself,
                "name": "nvmeviz",
                "version": version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
                "purl": itself,
            },
        },
        "components": [python, *parts.values()],
        "dependencies": [{"ref": itself, "dependsOn": [python["bom-ref"], *required]}],
    }
    number = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(document, sort_keys=True))
    return {**document, "serialNumber": f"urn:uuid:{number}"}


if __name__ == "__main__":
    json.dump(sbom(sys.argv[1], int(sys.argv[2])), sys.stdout, indent=2)
    sys.stdout.write("\n")
