"""Ed25519 signatures over the root hash (RFC 8032): who stands behind a dossier, not that it is true."""

from __future__ import annotations

import json
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from unfog.errors import IntegrityError, SourceMissing, UsageError

SIGNATURE = "SIGNATURE.json"
_CONTEXT = b"unfog dossier root v1\n"


def new_key(path: Path) -> str:
    """Make a signing key (PEM, readable by its owner only) and return the public key in hexadecimal."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        path.chmod(0o600)
        file.write(pem)
    return public_hex(key.public_key())


def public_hex(key: Ed25519PublicKey) -> str:
    """A public key as 64 hexadecimal digits."""
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()


def sign(bag: Path, root: str, key_file: Path) -> str:
    """Sign a root hash, write ``SIGNATURE.json`` beside it, and return the public key in hexadecimal.

    Raises:
        SourceMissing: if the key file is not there.
        UsageError: if it is not an unencrypted Ed25519 key.
    """
    if not key_file.is_file():
        raise SourceMissing(
            f"there is no signing key at {key_file}; make one with `openssl genpkey -algorithm ed25519`"
        )
    try:
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
    except (ValueError, TypeError) as why:
        raise UsageError(f"{key_file.name} is not an unencrypted PEM key: {why}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{key_file.name} is not an Ed25519 key")
    public = public_hex(key.public_key())
    document = {
        "algorithm": "Ed25519",
        "root": root,
        "public_key": public,
        "signature": key.sign(_CONTEXT + root.encode()).hex(),
    }
    (bag / SIGNATURE).write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return public


def check_signature(bag: Path, root: str, public_key: str = "") -> str:
    """Check ``SIGNATURE.json`` and return the public key that signed.

    Args:
        bag: The dossier.
        root: Its root hash as recomputed.
        public_key: The key that it must be signed with, in hexadecimal; empty accepts any and returns it.

    Raises:
        IntegrityError: if there is no signature, it does not fit, or another key made it.
    """
    path = bag / SIGNATURE
    if not path.is_file():
        raise IntegrityError(f"{SIGNATURE} is missing: the dossier is not signed")
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        found = str(document["public_key"])
        if document["root"] != root:
            raise IntegrityError(f"{SIGNATURE} signs another root hash than the dossier has")
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(found))
        key.verify(bytes.fromhex(document["signature"]), _CONTEXT + root.encode())
    except (ValueError, KeyError, TypeError, InvalidSignature) as why:
        raise IntegrityError(f"{SIGNATURE} does not hold ({type(why).__name__})") from None
    if public_key and public_key.lower() != found.lower():
        raise IntegrityError(f"the dossier is signed with the key {found}, not with the one given")
    return found
