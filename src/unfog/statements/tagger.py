"""The taggers behind one interface: a prepared text in, a B-/I-/O tag per token out."""

from __future__ import annotations

import threading
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

from unfog.errors import DataError
from unfog.statements.features import features, sequences
from unfog.statements.labels import BETWEEN, role, tags_of
from unfog.statements.linker import Tagged
from unfog.statements.prepared import Prepared

CRF_FILE = "attribution.crfsuite"


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
        tagger = self._tagger()
        out = ["O"] * len(text.tokens)
        source = [0.0] * len(text.tokens)
        labels = [x for x in tagger.labels() if role(x) == "source"]
        rows = features(text)
        for sequence in sequences(rows, text.paras):
            tagger.set([rows[i] for i in sequence])
            for k, (i, label) in enumerate(zip(sequence, tagger.tag(), strict=True)):
                out[i] = label
                if label in ("O", BETWEEN):
                    source[i] = sum(tagger.marginal(of, k) for of in labels)
        return Tagged(tags_of(out), source)

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


@cache
def tagger(name: str) -> Tagger:
    """The tagger of that name: rules, crf or neural."""
    if name == "rules":
        return RuleTagger()
    if name == "crf":
        return CrfTagger()
    from unfog.statements.neural import NeuralTagger

    neural: Tagger = NeuralTagger()
    return neural
