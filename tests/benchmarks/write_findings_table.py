"""Write the table of docs/findings.md anew: the rules of `nvmeviz check`, from the registry.

python -m tests.benchmarks.write_findings_table
"""

from __future__ import annotations

import re
from pathlib import Path

from nvmeviz.analysis.findings import FINDINGS

DOCUMENT = Path(__file__).parents[2] / "docs" / "findings.md"


def rows() -> list[str]:
    """One row of the table a rule."""
    head = ["| rule | severity | what it looks for | rests on |", "| --- | --- | --- | --- |"]
    return head + [
        f"| `{rule.name}` | {rule.severity} | {rule.words} | {rule.facts} |" for rule in FINDINGS
    ]


def written(text: str) -> str:
    """The document with the table as it should be."""
    pattern = r"(<!-- rules -->\n).*?(<!-- /rules -->)"
    found, count = re.subn(
        pattern, lambda m: m[1] + "\n".join(rows()) + "\n" + m[2], text, flags=re.S
    )
    assert count == 1, "docs/findings.md has no place for the rules"
    return found


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text("utf-8")), "utf-8")
