"""The public profile: keyed pseudonyms for accounts, no free text of private persons, withheld items as commitments.

A pseudonym is an HMAC-SHA-256 of platform and account under the case's secret key: the same account has the same
pseudonym throughout a dossier, and nobody without the key can test a guess. Handles that the case allows (public
figures and accounts that the press named) stay as they are. Pseudonymous data are still personal data (GDPR,
recital 26).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from unfog.errors import UsageError

ACCOUNT_COLUMNS = ("account_id", "account_a", "account_b", "handle", "mentions", "actor", "account", "accounts")
"""Columns that hold an account's id, handle or "platform:id"."""

TEXT_COLUMNS = ("text", "title", "about", "name", "location", "summary", "excerpt", "permalink", "url", "urls")
"""Columns of raw tables that hold words of private persons, or addresses that lead to them."""

MIN_LENGTH = 3
"""Shorter identifiers are replaced where they stand alone in a cell, never inside a sentence."""


def case_key(path: Path) -> bytes:
    """The secret key of a case: read, or made once (32 random bytes, readable by its owner only).

    Raises:
        UsageError: if the file holds something else.
    """
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_hex(32) + "\n")
    text = path.read_text(encoding="ascii", errors="replace").strip()
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise UsageError(f"{path.name} is not a key of 64 hexadecimal digits")
    return bytes.fromhex(text)


@dataclass
class Pseudonyms:
    """Who is who, and what stands for them.

    Attributes:
        key: Secret key of the case.
        allow: Handles and ids that stay as they are (compared without case).
        known: Identifier as it is written -> pseudonym.
    """

    key: bytes
    allow: frozenset[str] = frozenset()
    known: dict[str, str] = field(default_factory=dict)
    _pattern: re.Pattern[str] | None = None

    def learn(self, identifiers: Iterable[str]) -> None:
        """Give a pseudonym to each identifier (``handle`` or ``platform:handle``) that is not allowed to stay."""
        for given in identifiers:
            bare = given.rsplit(":", 1)[-1] if ":" in given and "//" not in given else given
            bare = bare.lstrip("@").removeprefix("u/")
            if not bare or bare.casefold() in self.allow:
                continue
            name = self._name(bare)
            self.known[bare] = name
            if given != bare:
                self.known[given] = given[: len(given) - len(bare)] + name
        self._pattern = None

    def _name(self, identifier: str) -> str:
        digest = hmac.new(self.key, b"account\n" + identifier.casefold().encode(), hashlib.sha256).hexdigest()
        return f"account-{digest[:10]}"

    def text(self, given: str) -> str:
        """A text with every known identifier replaced, whole words only, whatever their case."""
        if given in self.known:
            return self.known[given]
        if self._pattern is None:
            names = sorted((k for k in self.known if len(k) >= MIN_LENGTH), key=lambda k: (-len(k), k))
            joined = "|".join(re.escape(k) for k in names)
            self._pattern = (
                re.compile(rf"(?<![\w-])(?:{joined})(?![\w-])", re.IGNORECASE) if names else re.compile(r"(?!)")
            )
        folded = {k.casefold(): v for k, v in self.known.items()}
        return self._pattern.sub(lambda m: folded.get(m[0].casefold(), m[0]), given)

    def value(self, given: Any) -> Any:
        """Any JSON value with every text in it treated, keys too."""
        if isinstance(given, str):
            return self.text(given)
        if isinstance(given, Mapping):
            return {self.text(str(k)): self.value(v) for k, v in given.items()}
        if isinstance(given, list | tuple):
            return [self.value(v) for v in given]
        return given

    def row(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """A row of a table: accounts by pseudonym, free text by its length only."""
        out: dict[str, Any] = {}
        for column, content in given.items():
            if column in TEXT_COLUMNS and isinstance(content, str):
                out[column] = f"[withheld, {len(content)} characters]"
            elif column in TEXT_COLUMNS and isinstance(content, list):
                out[column] = [f"[withheld, {len(str(c))} characters]" for c in content]
            else:
                out[column] = self.value(content)
        return out


def identifiers(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """All account identifiers in rows of tables."""
    found: set[str] = set()
    for row in rows:
        for column in ACCOUNT_COLUMNS:
            content = row.get(column)
            if isinstance(content, str) and content:
                found.add(content)
            elif isinstance(content, list):
                found.update(c for c in content if isinstance(c, str) and c)
    return found


def salt_of(key: bytes, name: str) -> bytes:
    """The salt of a withheld item: 32 bytes that only the holder of the key can make."""
    return hmac.new(key, b"salt\n" + name.encode(), hashlib.sha256).digest()


def commitment(salt: bytes, content_sha256: str) -> str:
    """What a public dossier says of a withheld item: nothing can be read from it, and nothing else opens it.

    Without the salt even a guessed text cannot be tested against it; with salt and original anybody can.
    """
    return hashlib.sha256(b"unfog commitment v1\n" + salt + bytes.fromhex(content_sha256)).hexdigest()
