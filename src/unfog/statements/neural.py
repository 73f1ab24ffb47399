"""The neural tagger without a framework: a six-layer BERT encoder with int8 weights, run in numpy.

Weights are stored as int8 with one scale per row (absolute maximum) and widened to float32 when they are loaded; so the
folder is 23 MB and the arithmetic is that of the training, up to the rounding of the weights.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import numba
import numpy as np
import numpy.typing as npt

from unfog.errors import DataError, FormatError
from unfog.statements.linker import Tagged
from unfog.statements.pieces import TAGS, WordPiece, batch, decoded, encode, windows
from unfog.statements.prepared import Prepared
from unfog.statements.tokens import tokenizer_version

Floats = npt.NDArray[np.float32]
FOLDER = "statements-neural"
ENVIRONMENT = "UNFOG_MODELS"
_STRIDE = 128
_BATCH = 8


def model_folder() -> Path:
    """Where the weights are: ``$UNFOG_MODELS``, ``models`` here or beside the project.

    Raises:
        DataError: naming the places that were looked at.
    """
    roots = [Path(os.environ[ENVIRONMENT])] if ENVIRONMENT in os.environ else []
    roots += [Path("models"), Path(__file__).resolve().parents[3] / "models"]
    for root in roots:
        for folder in (root, root / FOLDER):
            if (folder / "weights.npz").is_file():
                return folder
    raise DataError(
        f"the weights of the neural tagger were looked for in {', '.join(str(r / FOLDER) for r in roots)} and not "
        f"found; get the "
        f"folder models/{FOLDER} of the project and name its parent in {ENVIRONMENT}, or use --tagger crf"
    )


class NeuralTagger:
    """MiniLM fine-tuned on PolNeAR, with case and quote-state embeddings."""

    name = "neural"

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or model_folder()
        card = json.loads((self.folder / "config.json").read_text(encoding="utf-8"))
        if card["tokenizer"] != tokenizer_version():
            raise FormatError(
                f"the weights in {self.folder} were trained with another tokeniser ({card['tokenizer']}, here "
                f"{tokenizer_version()}); train them again: python -m unfog.statements.training.neural"
            )
        self.heads: int = card["heads"]
        self.layers: int = card["layers"]
        self.pieces = WordPiece.load(self.folder / "vocab.txt")
        self.w = _load(self.folder / "weights.npz")

    def tag(self, text: Prepared) -> Tagged:
        """B-/I-/O tags of source, cue and content, and how likely each token is in a source."""
        return decoded(self.scores(text))

    def scores(self, text: Prepared) -> Floats:
        """Log-probabilities (words, tags); each word from the window in which it stands most central."""
        encoded = encode(text.tokens, text.states, self.pieces)
        n = len(encoded.ids)
        out = np.zeros((n, len(TAGS)), np.float32)
        best = np.full(n, -1)
        spans = windows(n, 0, _STRIDE)
        for i in range(0, len(spans), _BATCH):
            chunk = spans[i : i + _BATCH]
            ids, mask, cases, states = batch([(encoded, a, b) for a, b in chunk], self.pieces)
            logits = self._forward(ids, mask, cases, states)
            for row, (a, b) in enumerate(chunk):
                at = np.arange(a, b)
                left = at - a if a > 0 else np.full(b - a, 999)
                right = b - 1 - at if b < n else np.full(b - a, 999)
                central = np.minimum(left, right)
                better = central > best[a:b]
                best[a:b] = np.where(better, central, best[a:b])
                out[a:b][better] = logits[row, 1 : b - a + 1][better]
        return out[encoded.word >= 0]

    def _forward(self, ids: npt.NDArray[np.int64], mask: npt.NDArray[np.int64], cases: npt.NDArray[np.int64],
                 states: npt.NDArray[np.int64]) -> Floats:  # fmt: skip
        w = self.w
        length = ids.shape[1]
        x = w["word"][ids] + w["case"][cases] + w["state"][states] + w["position"][:length] + w["type"][0]
        x = _norm(x, w["norm.g"], w["norm.b"])
        bias = np.where(mask[:, None, None, :] > 0, 0.0, -1e9).astype(np.float32)
        for k in range(self.layers):
            x = self._layer(x, bias, f"{k}.")
        logits = x @ w["out.w"].T + w["out.b"]
        logits -= logits.max(-1, keepdims=True)
        return np.asarray(logits - np.log(np.exp(logits).sum(-1, keepdims=True)), np.float32)

    def _layer(self, x: Floats, bias: Floats, k: str) -> Floats:
        w = self.w
        rows, length, width = x.shape
        size = width // self.heads

        def heads(name: str) -> Floats:
            y = x @ w[k + name + ".w"].T + w[k + name + ".b"]
            return np.ascontiguousarray(y.reshape(rows, length, self.heads, size).transpose(0, 2, 1, 3))

        q, key, value = heads("q"), heads("k"), heads("v")
        score = q @ key.transpose(0, 1, 3, 2)
        score *= np.float32(1.0 / np.sqrt(size))
        score += bias
        score -= score.max(-1, keepdims=True)
        np.exp(score, out=score)
        score /= score.sum(-1, keepdims=True)
        mixed = (score @ value).transpose(0, 2, 1, 3).reshape(rows, length, width)
        x = _norm(np.asarray(x + mixed @ w[k + "o.w"].T + w[k + "o.b"], np.float32), w[k + "n1.g"], w[k + "n1.b"])
        hidden = _gelu(np.asarray(x @ w[k + "up.w"].T + w[k + "up.b"], np.float32))
        return _norm(x + hidden @ w[k + "down.w"].T + w[k + "down.b"], w[k + "n2.g"], w[k + "n2.b"])


def _norm(x: Floats, gain: Floats, shift: Floats) -> Floats:
    centred = x - x.mean(-1, keepdims=True)
    variance = np.square(centred).mean(-1, keepdims=True)
    return np.asarray(centred / np.sqrt(variance + 1e-12) * gain + shift, np.float32)


@numba.njit(cache=True, fastmath=True)  # type: ignore[untyped-decorator]
def _gelu(x: Floats) -> Floats:
    """x Φ(x) in place; Φ by Abramowitz and Stegun 7.1.26, whose error of 1.5e-7 is below that of float32."""
    flat = x.reshape(-1)
    for i in range(flat.size):
        v = flat[i]
        z = abs(v) * np.float32(0.70710678)
        t = np.float32(1.0) / (np.float32(1.0) + np.float32(0.3275911) * z)
        p = np.float32(1.061405429) * t - np.float32(1.453152027)
        p = p * t + np.float32(1.421413741)
        p = p * t - np.float32(0.284496736)
        p = (p * t + np.float32(0.254829592)) * t * np.float32(0.5) * np.exp(-z * z)
        flat[i] = v * (np.float32(1.0) - p if v >= 0 else p)
    return x


def quantise(array: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Rows of a matrix as int8 with one scale each (absolute maximum over 127)."""
    scale = np.maximum(np.abs(array).max(1, keepdims=True) / 127.0, 1e-12).astype(np.float32)
    return np.clip(np.round(array / scale), -127, 127).astype(np.int8), scale


def _load(path: Path) -> dict[str, Floats]:
    """Weights as float32; the file holds arrays only (no pickles)."""
    with np.load(path, allow_pickle=False) as raw:
        out = {}
        for name in raw.files:
            if name.endswith("|q"):
                plain = name[:-2]
                out[plain] = raw[name].astype(np.float32) * raw[plain + "|s"]
            elif not name.endswith("|s"):
                out[name] = raw[name].astype(np.float32)
    return out
