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

import pyarrow.parquet as pq

from unfog.errors import UsageError

ACCOUNT_COLUMNS = ("account_id", "account_a", "account_b", "handle", "mentions", "actor", "account", "accounts")
"""Columns that hold an account's id, handle or "platform:id"."""

TEXT_COLUMNS = ("text", "title", "about", "name", "location", "summary", "excerpt", "permalink", "url", "urls")
"""Columns of raw tables that hold words of private persons, or addresses that lead to them."""

PUBLIC_ROLES = frozenset({"media", "public-figure", "authority", "platform"})
PUBLIC_KINDS = frozenset({"statement", "article", "ban", "context", "archive"})
"""Roles and kinds of log entries of those who act in public: their names are no account names to be hidden."""

_WORD = re.compile(r"[\w-]+")
_QUOTES = "'\"‘’“” "

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
    _words: dict[str, str] = field(default_factory=dict)
    _others: re.Pattern[str] | None = None

    def learn(self, identifiers: Iterable[str]) -> None:
        """Give a pseudonym to each identifier (``handle`` or ``platform:handle``) that is not allowed to stay."""
        for given in identifiers:
            bare = given.rsplit(":", 1)[-1] if ":" in given and "//" not in given else given
            bare = bare.strip(_QUOTES).lstrip("@").removeprefix("u/")
            if not bare or bare.casefold() in self.allow:
                continue
            name = self._name(bare)
            self.known[bare] = self._words[bare.casefold()] = name
            if given != bare:
                self.known[given] = given[: len(given) - len(bare)] + name if given.endswith(bare) else name
        self._others = None

    def _name(self, identifier: str) -> str:
        digest = hmac.new(self.key, b"account\n" + identifier.casefold().encode(), hashlib.sha256).hexdigest()
        return f"account-{digest[:10]}"

    def text(self, given: str) -> str:
        """A text with every known identifier replaced, whole words only, whatever their case.

        A name of one word is looked up; only names with spaces or signs in them need a search of their own.
        """
        if given in self.known:
            return self.known[given]
        if self._others is None:
            odd = [k for k in self._words if len(k) >= MIN_LENGTH and not _WORD.fullmatch(k)]
            joined = "|".join(re.escape(k) for k in sorted(odd, key=lambda k: (-len(k), k)))
            pattern = rf"(?<![\w-])(?:{joined})(?![\w-])" if odd else r"(?!)"
            self._others = re.compile(pattern, re.IGNORECASE)
        return _WORD.sub(self._of, self._others.sub(self._of, given))

    def _of(self, found: re.Match[str]) -> str:
        word = found[0]
        return self._words.get(word.casefold(), word) if len(word) >= MIN_LENGTH else word

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


def _public(row: Mapping[str, Any]) -> bool:
    """Whether whoever acts in this row of a log or of appearances speaks in public: press, offices, platforms.

    A role that the log or the case states decides; where there is none, the kind of entry does.
    """
    role = str(row.get("role") or "")
    return role in PUBLIC_ROLES if role and role != "unknown" else str(row.get("kind") or "") in PUBLIC_KINDS


def identifiers(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """All account identifiers in rows of tables; those who act in public by office or as press are not among them."""
    found: set[str] = set()
    for row in rows:
        if _public(row):
            continue
        for column in ACCOUNT_COLUMNS:
            content = row.get(column)
            if isinstance(content, str) and content:
                found.add(content)
            elif isinstance(content, list):
                found.update(c for c in content if isinstance(c, str) and c)
    return found


def identifiers_in(path: Path) -> set[str]:
    """All account identifiers in a Parquet file; only the columns in which one can stand are read."""
    file = pq.ParquetFile(path)
    wanted = [n for n in file.schema_arrow.names if n in (*ACCOUNT_COLUMNS, "role", "kind")]
    if not set(wanted) & set(ACCOUNT_COLUMNS):
        return set()
    found: set[str] = set()
    for batch in file.iter_batches(batch_size=50_000, columns=wanted):
        found |= identifiers(batch.to_pylist())
    return found


def salt_of(key: bytes, name: str) -> bytes:
    """The salt of a withheld item: 32 bytes that only the holder of the key can make."""
    return hmac.new(key, b"salt\n" + name.encode(), hashlib.sha256).digest()


def commitment(salt: bytes, content_sha256: str) -> str:
    """What a public dossier says of a withheld item: nothing can be read from it, and nothing else opens it.

    Without the salt even a guessed text cannot be tested against it; with salt and original anybody can.
    """
    return hashlib.sha256(b"unfog commitment v1\n" + salt + bytes.fromhex(content_sha256)).hexdigest()
