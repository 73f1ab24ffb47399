"""The taggers behind one interface: a prepared text in, a B-/I-/O tag per token out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from unfog.errors import DataError
from unfog.statements.features import features, sequences
from unfog.statements.labels import BETWEEN, SIDES, role, tags_of
from unfog.statements.linker import Tagged
from unfog.statements.pieces import TAG_INDEX, TAGS, decoded
from unfog.statements.prepared import Prepared

CRF_FILE = "attribution.crfsuite"
SHARE = 0.15
"""Weight of the CRF's log-probabilities beside those of the network."""
_LEAST = 1e-4


class Tagger(Protocol):
    """Anything that tags."""

    name: str

    def tag(self, text: Prepared) -> Tagged:
        """B-/I-/O tags of source, cue and content, one per token, and how likely each is in a source."""
        ...


class RuleTagger:
    """The rules alone; needs no weights."""

    name = "rules"

    def tag(self, text: Prepared) -> Tagged:
        """See :class:`Tagger`."""
        from unfog.statements import rules

        return Tagged(rules.tag(text.tokens, text.states, text.sents))


class CrfTagger:
    """The CRF stacked on the rules; its weights are in the package."""

    name = "crf"

    def __init__(self, model: Path | None = None) -> None:
        self._model = model or packaged_model()
        self._local = threading.local()  # a crfsuite tagger is not to be shared between threads

    def tag(self, text: Prepared) -> Tagged:
        """See :class:`Tagger`."""
        out = ["O"] * len(text.tokens)
        source = [0.0] * len(text.tokens)
        tagger = self._tagger()
        of_source = [x for x in tagger.labels() if role(x) == "source"]
        for i, k, label in self._labelled(text):
            out[i] = label
            if label in ("O", BETWEEN):
                source[i] = sum(tagger.marginal(x, k) for x in of_source)
        return Tagged(tags_of(out), source)

    def chances(self, text: Prepared) -> npt.NDArray[np.float32]:
        """Probability of each of :data:`TAGS` per token, (tokens, tags)."""
        tagger = self._tagger()
        column = [(x, TAG_INDEX["O" if x == BETWEEN else x.rstrip(SIDES)]) for x in tagger.labels()]
        out = np.zeros((len(text.tokens), len(TAGS)), np.float32)
        out[:, TAG_INDEX["O"]] = 1.0
        for i, k, _ in self._labelled(text):
            out[i] = 0.0
            for label, j in column:
                out[i, j] += tagger.marginal(label, k)
        return out

    def _labelled(self, text: Prepared) -> Iterator[tuple[int, int, str]]:
        """Token, its place in the sequence that the tagger holds, and its label."""
        tagger, rows = self._tagger(), features(text)
        for sequence in sequences(rows, text.paras):
            tagger.set([rows[i] for i in sequence])
            for k, (i, label) in enumerate(zip(sequence, tagger.tag(), strict=True)):
                yield i, k, label

    def _tagger(self) -> Any:
        if not hasattr(self._local, "tagger"):
            import pycrfsuite

            if not self._model.is_file():
                raise DataError(
                    f"the CRF weights are not at {self._model}; install unfog again, or train them: "
                    "python -m unfog.statements.training.crf --data DIR --out DIR"
                )
            tagger = pycrfsuite.Tagger()
            tagger.open(str(self._model))
            self._local.tagger = tagger
        return self._local.tagger


def packaged_model() -> Path:
    """The CRF weights in the package."""
    return Path(str(resources.files("unfog.statements").joinpath("data", CRF_FILE)))


class MixedTagger:
    """The network with a word of the CRF: log-probabilities of the first plus a share of those of the second.

    A product of experts (Hinton 2002, doi:10.1162/089976602760128018): the CRF knows what stands elsewhere in the
    sentence and what the rules say, and lifts the precision of the network.
    """

    name = "neural"

    def __init__(self, network: Network, crf: CrfTagger) -> None:
        self._network, self._crf = network, crf

    def tag(self, text: Prepared) -> Tagged:
        """See :class:`Tagger`."""
        mixed = self._network.scores(text) + SHARE * np.log(np.maximum(self._crf.chances(text), _LEAST))
        mixed -= np.log(np.exp(mixed).sum(1, keepdims=True))
        return decoded(mixed)


class Network(Protocol):
    """What gives log-probabilities (tokens, tags)."""

    def scores(self, text: Prepared) -> npt.NDArray[np.float32]:
        """Of :data:`TAGS` per token."""
        ...


@cache
def tagger(name: str) -> Tagger:
    """The tagger of that name: rules, crf, neural, or network (the neural one without the word of the CRF)."""
    if name == "rules":
        return RuleTagger()
    if name == "crf":
        return CrfTagger()
    from unfog.statements.neural import NeuralTagger

    network = NeuralTagger()
    return network if name == "network" else MixedTagger(network, CrfTagger())
