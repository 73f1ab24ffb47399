"""How long `make setup` takes and how much it installs, in a fresh folder with no caches.

python benchmarks/install.py
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
RESULT = REPO / "benchmarks" / "results" / "install.json"


def size_of(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink())


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as tmp:
        clone, home = Path(tmp) / "unfog", Path(tmp) / "home"
        home.mkdir()
        subprocess.run(["git", "clone", "--quiet", str(REPO), str(clone)], check=True)
        kept = {k: v for k, v in os.environ.items() if k.startswith("PIP_") or k in ("PATH", "LANG", "SSL_CERT_FILE")}
        env = {**kept, "HOME": str(home), "PIP_NO_CACHE_DIR": "1"}
        begun = time.monotonic()
        subprocess.run(["make", "setup", f"PYTHON={sys.executable}"], cwd=clone, env=env, check=True)
        seconds = time.monotonic() - begun
        packages = clone / ".venv" / "lib"
        by_package = sorted(
            ((size_of(p), p.name) for p in packages.glob("python*/site-packages/*") if p.is_dir()), reverse=True
        )
        result = {
            "seconds": round(seconds, 1),
            "installed_mb": round(size_of(clone / ".venv") / 1e6),
            "largest_mb": {name: round(size / 1e6) for size, name in by_package[:8]},
            "python": platform.python_version(),
            "cores": os.cpu_count(),
        }
        shutil.rmtree(clone, ignore_errors=True)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
