"""The folder that a dossier is: BagIt 1.0 (RFC 8493), strict, with a custody log written by the storage itself.

Whoever puts a file into the bag goes through :class:`Bag`, so no file can be sealed without its entry in the log; a log
that relies on its callers stays empty.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from unfog.errors import IntegrityError, UsageError
from unfog.report.dossier.verify import BAGIT, root_hash, sha256_file

CUSTODY = "custody.jsonl"


class Bag:
    """A bag that is being filled.

    Args:
        folder: Where it will stand; must not exist or be empty.
        by: Who seals; goes into every entry of the custody log.
        at: When, UTC.

    Raises:
        UsageError: if there is something in the folder already, or nobody seals.
    """

    def __init__(self, folder: Path, *, by: str, at: datetime) -> None:
        if folder.exists() and any(folder.iterdir()):
            raise UsageError(f"{folder} is not empty; a dossier is sealed once, give a new folder with --out")
        if not by.strip():
            raise UsageError("a dossier needs the name of whoever seals it (--by)")
        self.folder = folder
        self.data = folder / "data"
        self.by = by.strip()
        self.at = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        self._previous = "0" * 64
        self._seq = 0
        self._names: set[str] = set()
        self.data.mkdir(parents=True, exist_ok=True)

    def put(self, name: str, content: bytes) -> str:
        """Store bytes under a name inside ``data/`` and return their SHA-256."""
        path = self._fresh(name)
        path.write_bytes(content)
        return self._logged(name, hashlib.sha256(content).hexdigest(), len(content))

    def stream(self, name: str, lines: Iterable[bytes]) -> str:
        """Store lines under a name as they come, however many, and return the SHA-256 of the whole."""
        path, digest, size = self._fresh(name), hashlib.sha256(), 0
        with path.open("wb") as file:
            for line in lines:
                file.write(line)
                digest.update(line)
                size += len(line)
        return self._logged(name, digest.hexdigest(), size)

    def put_json(self, name: str, document: Any) -> str:
        """Store a JSON document in its one spelling."""
        text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"
        return self.put(name, text.encode())

    def copy(self, name: str, original: Path, sha256: str = "") -> str:
        """Store a copy of a file; where a hash is given, the copy must have it.

        Raises:
            IntegrityError: if the file is not the one that was read.
        """
        path = self._fresh(name)
        shutil.copyfile(original, path)
        found = sha256_file(path)
        if sha256 and found != sha256:
            raise IntegrityError(f"{original.name} has changed since the case was run: run it again before sealing")
        return self._logged(name, found, path.stat().st_size)

    def note(self, event: str, **more: Any) -> None:
        """Write an entry that is not about one file: a withheld original, a redaction, a removal by law."""
        self._entry({"event": event, **more})

    def seal(self, info: dict[str, str]) -> str:
        """Write manifests and tag files and return the root hash."""
        names = sorted([*self._names, CUSTODY])
        lines = [f"{sha256_file(self.data / n)}  data/{n}\n" for n in names]
        size = sum((self.data / n).stat().st_size for n in names)
        fields = {"Bagging-Date": self.at[:10], "Payload-Oxum": f"{size}.{len(names)}", **info}
        self._tag("manifest-sha256.txt", "".join(lines))
        self._tag("bagit.txt", BAGIT)
        self._tag("bag-info.txt", "".join(f"{k}: {' '.join(v.split())}\n" for k, v in sorted(fields.items())))
        tags = ("bag-info.txt", "bagit.txt", "manifest-sha256.txt")
        self._tag("tagmanifest-sha256.txt", "".join(f"{sha256_file(self.folder / t)}  {t}\n" for t in tags))
        return root_hash(self.folder)

    def _tag(self, name: str, text: str) -> None:
        (self.folder / name).write_bytes(text.encode())

    def _fresh(self, name: str) -> Path:
        if name in self._names or name == CUSTODY or name.startswith("/") or ".." in name.split("/"):
            raise UsageError(f"{name!r} cannot be stored in the dossier")
        path = self.data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _logged(self, name: str, sha256: str, size: int) -> str:
        self._names.add(name)
        self._entry({"event": "sealed", "path": name, "sha256": sha256, "bytes": size})
        return sha256

    def _entry(self, entry: dict[str, Any]) -> None:
        self._seq += 1
        whole = {"seq": self._seq, "previous": self._previous, "at": self.at, "by": self.by, **entry}
        line = json.dumps(whole, ensure_ascii=False, sort_keys=True)
        with (self.data / CUSTODY).open("ab") as file:
            file.write(line.encode() + b"\n")
        self._previous = hashlib.sha256(line.encode()).hexdigest()
