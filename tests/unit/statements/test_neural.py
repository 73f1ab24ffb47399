from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from unfog.errors import DataError, FormatError
from unfog.statements.evaluation import spans_of
from unfog.statements.neural import NeuralTagger, model_folder, quantise
from unfog.statements.pieces import TAGS, WordPiece, case_class, encode, windows
from unfog.statements.prepared import Prepared, prepare
from unfog.statements.tagger import CrfTagger, MixedTagger
from unfog.statements.tokens import tokenizer_version

VOCABULARY = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "the", "har", "##bour", "closed", ".", "cafe", "'", "s"]
WIDTH, HEADS, LAYERS = 8, 2, 2


def tiny(folder: Path, *, tokenizer: str | None = None) -> Path:
    """A network with random weights in the layout of the real one."""
    rng = np.random.default_rng(1)

    def weights(*shape: int) -> np.ndarray:
        return rng.normal(0, 0.3, shape).astype(np.float32)

    arrays = {
        "position": weights(256, WIDTH), "type": weights(2, WIDTH), "case": weights(6, WIDTH), "state": weights(4, WIDTH),
        "norm.g": np.ones(WIDTH, np.float32), "norm.b": np.zeros(WIDTH, np.float32),
        "out.w": weights(len(TAGS), WIDTH), "out.b": weights(len(TAGS)),
    }  # fmt: skip
    arrays["word|q"], arrays["word|s"] = quantise(weights(len(VOCABULARY), WIDTH))
    for k in range(LAYERS):
        for part in ("q", "k", "v", "o"):
            arrays |= {f"{k}.{part}.w": weights(WIDTH, WIDTH), f"{k}.{part}.b": weights(WIDTH)}
        arrays |= {f"{k}.up.w": weights(4 * WIDTH, WIDTH), f"{k}.up.b": weights(4 * WIDTH)}
        arrays |= {f"{k}.down.w": weights(WIDTH, 4 * WIDTH), f"{k}.down.b": weights(WIDTH)}
        for part in ("n1", "n2"):
            arrays |= {f"{k}.{part}.g": np.ones(WIDTH, np.float32), f"{k}.{part}.b": np.zeros(WIDTH, np.float32)}
    np.savez(folder / "weights.npz", **arrays)  # type: ignore[arg-type]
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY), encoding="utf-8")
    about = {"heads": HEADS, "layers": LAYERS, "tokenizer": tokenizer or tokenizer_version()}
    (folder / "config.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def test_scores_are_log_probabilities_per_word(tmp_path: Path) -> None:
    tagger = NeuralTagger(tiny(tmp_path))
    text = prepare("The harbour closed.\n\n“The café’s closed”.")
    scores = tagger.scores(text)
    assert scores.shape == (len(text.tokens), len(TAGS))
    assert np.allclose(np.exp(scores).sum(1), 1, atol=1e-5)
    assert len(tagger.tag(text).tags) == len(text.tokens)


def test_padding_beside_a_longer_window_changes_nothing(tmp_path: Path) -> None:
    tagger = NeuralTagger(tiny(tmp_path))
    short = prepare("The harbour closed.")
    alone = tagger.scores(short)
    ids = encode(short.tokens, short.states, tagger.pieces)
    from unfog.statements.pieces import batch

    longer = encode(prepare("the closed " * 30).tokens, [0] * 60, tagger.pieces)
    both = batch([(ids, 0, len(ids.ids)), (longer, 0, 60)], tagger.pieces)
    logits = tagger._forward(*both)[0, 1 : len(ids.ids) + 1]
    assert np.allclose(logits[ids.word >= 0], alone, atol=1e-5)


def test_every_word_of_a_long_text_is_scored(tmp_path: Path) -> None:
    tagger = NeuralTagger(tiny(tmp_path))
    scores = tagger.scores(prepare("the harbour closed . " * 300))
    assert (scores < 0).all()


def test_word_pieces() -> None:
    pieces = WordPiece(VOCABULARY)
    assert pieces.encode("Harbour") == [6, 7]
    assert pieces.encode("Café") == [10]  # lower-cased, without accents
    assert pieces.encode("zebra") == [2]
    assert [case_class(w) for w in ("the", "The", "UK", ",", "1,000", "\n")] == [0, 1, 2, 3, 4, 5]


def test_windows_cover_and_overlap() -> None:
    spans = windows(1000, 0, 128)
    assert spans[0][0] == 0
    assert spans[-1][1] == 1000
    assert all(b - a <= 254 for a, b in spans)
    assert all(later[0] < earlier[1] for earlier, later in itertools.pairwise(spans))


def test_int8_is_within_half_a_step() -> None:
    matrix = np.random.default_rng(2).normal(0, 1, (20, 30)).astype(np.float32)
    small, scale = quantise(matrix)
    assert small.dtype == np.int8
    assert (np.abs(small * scale - matrix) <= scale / 2 + 1e-6).all()


def test_missing_weights_say_where_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNFOG_MODELS", str(tiny(tmp_path)))
    assert model_folder() == tmp_path
    monkeypatch.setattr("unfog.statements.neural.FOLDER", "nowhere")
    monkeypatch.setenv("UNFOG_MODELS", str(tmp_path / "empty"))
    with pytest.raises(DataError, match="--tagger crf"):
        model_folder()


def test_weights_of_another_tokeniser_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="another tokeniser"):
        NeuralTagger(tiny(tmp_path, tokenizer="other"))


def test_the_network_is_mixed_with_the_crf() -> None:
    text = prepare("Port minister Anna Hale said that the harbour would stay closed.\n\nIt rained.")
    crf = CrfTagger()
    chances = crf.chances(text)
    assert np.allclose(chances.sum(1), 1, atol=1e-4)
    assert [TAGS[k] for k in chances[:4].argmax(1)] == ["B-source", "I-source", "I-source", "I-source"]

    class Undecided:
        def scores(self, text: Prepared) -> np.ndarray:
            return np.full((len(text.tokens), len(TAGS)), -np.log(len(TAGS)), np.float32)

    mixed = MixedTagger(Undecided(), crf).tag(text)
    assert spans_of(mixed.tags) == spans_of(crf.tag(text).tags)
    assert mixed.source[0] > mixed.source[-2]
