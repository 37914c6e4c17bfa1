"""A CLIP model of a few kilobytes with random weights, in the folder layout of sentence-transformers: shapes and manners, no meaning."""

from __future__ import annotations

import contextlib
import json
import string
from pathlib import Path
from typing import Any

PLACES = 20
"""Tokens that its text tower has room for."""
DIMENSIONS = 16


def make_tiny_clip(folder: Path) -> Path:
    """Writes the model; needs torch and transformers."""
    from mmi_cli.engines.torchvision_compat import import_torchvision

    with contextlib.suppress(ImportError):
        import_torchvision()
    import torch
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPProcessor, CLIPTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    letters = string.ascii_lowercase + string.digits + "."
    tokens = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    tower: dict[str, Any] = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
    }
    ends = {"bos_token_id": len(tokens) - 2, "eos_token_id": len(tokens) - 1, "pad_token_id": len(tokens) - 1}
    torch.manual_seed(7)
    model = CLIPModel(
        CLIPConfig(
            text_config={**tower, **ends, "vocab_size": len(tokens), "max_position_embeddings": PLACES},
            vision_config={**tower, "image_size": 32, "patch_size": 16},
            projection_dim=DIMENSIONS,
        )
    )
    model.save_pretrained(folder)
    pictures = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    CLIPProcessor(image_processor=pictures, tokenizer=CLIPTokenizerFast.from_pretrained(folder)).save_pretrained(folder)
    return folder
