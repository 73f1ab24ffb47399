"""Known vulnerabilities in the locked dependencies: fails on one; where nobody could be asked, says so and passes.

python .ci/audit.py requirements/base.txt
"""

from __future__ import annotations

import json
import subprocess
import sys


def verdict(document: str, errors: str) -> tuple[int, str]:
    """Exit code and words, from pip-audit's JSON (empty where it broke off) and what it wrote to stderr."""
    try:
        packages = json.loads(document)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (errors.strip().splitlines() or ["pip-audit is not installed"])[-1]
        return 0, f"NOT AUDITED: the advisory service cannot be asked from this machine ({last[:200]})"
    asked = [p for p in packages if "skip_reason" not in p]
    known = [(p["name"], p["version"], v) for p in asked for v in p.get("vulns", [])]
    if known:
        told = "\n".join(
            f"  {name} {version}: {v['id']}, fixed in {', '.join(v.get('fix_versions', [])) or 'no version'}"
            for name, version, v in known
        )
        return 1, f"{len(known)} known vulnerabilities:\n{told}"
    if not asked:
        return 0, f"NOT AUDITED: the advisory service knows none of the {len(packages)} packages from this machine"
    left = [p["name"] for p in packages if "skip_reason" in p]
    tail = f"; {len(left)} could not be looked up: {', '.join(left)}" if left else ""
    return 0, f"no known vulnerability in {len(asked)} of {len(packages)} packages{tail}"


def main(files: list[str]) -> int:
    """Audit requirement files with hashes; nothing is installed or resolved."""
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--format", "json"]
    command += [word for name in files for word in ("--requirement", name)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)  # noqa: S603  (own words)
        code, words = verdict(done.stdout, done.stderr)
    except subprocess.TimeoutExpired:
        code, words = verdict("", "no answer within 300 s")
    print("audit:", words)  # noqa: T201
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
