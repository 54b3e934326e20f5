"""Vision transformers and ConvNeXt in the layout, order and names of torchvision or timm.

Dosovitskiy et al. 2020, Liu et al. 2021 (Swin), Liu et al. 2022 (ConvNeXt). Swin's windows are gone through one by one, in loops,
and every pair of pixels is asked whether it may look at each other.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class EncoderBlock(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(width, 1e-6)
        self.self_attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.ln_2 = nn.LayerNorm(width, 1e-6)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Dropout(0.0), nn.Linear(4 * width, width), nn.Dropout(0.0)
        )

    def forward(self, x: Tensor) -> Tensor:
        y = self.ln_1(x)
        y, _ = self.self_attention(y, y, y, need_weights=False)
        x = x + y
        return x + self.mlp(self.ln_2(x))


class Encoder(nn.Module):
    def __init__(self, tokens: int, width: int, heads: int, depth: int) -> None:
        super().__init__()
        self.pos_embedding = nn.Parameter(torch.zeros(1, tokens, width))
        self.layers = nn.Sequential()
        for index in range(depth):
            self.layers.add_module(f"encoder_layer_{index}", EncoderBlock(width, heads))
        self.ln = nn.LayerNorm(width, 1e-6)

    def forward(self, x: Tensor) -> Tensor:
        return self.ln(self.layers(x + self.pos_embedding))


class ViT(nn.Module):
    """In the names of torchvision."""

    def __init__(self, side: int, patch: int, width: int, heads: int, depth: int, classes: int = 1000) -> None:
        super().__init__()
        self.class_token = nn.Parameter(torch.zeros(1, 1, width))
        self.conv_proj = nn.Conv2d(3, width, patch, patch)
        self.encoder = Encoder((side // patch) ** 2 + 1, width, heads, depth)
        self.heads = nn.Sequential()
        self.heads.add_module("head", nn.Linear(width, classes))

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv_proj(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.class_token.expand(len(x), -1, -1), x], 1)
        return self.heads(self.encoder(x)[:, 0])


class TimmAttention(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads, self.qkv, self.proj = heads, nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(x).chunk(3, -1)
        size, heads = x.shape[-1] // self.heads, []
        for head in range(self.heads):
            part = slice(head * size, (head + 1) * size)
            weights = (q[..., part] @ k[..., part].transpose(1, 2) / math.sqrt(size)).softmax(-1)
            heads.append(weights @ v[..., part])
        return self.proj(torch.cat(heads, -1))


class TimmMlp(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(nn.functional.gelu(self.fc1(x)))


class TimmBlock(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1, self.attn = nn.LayerNorm(width, 1e-6), TimmAttention(width, heads)
        self.norm2, self.mlp = nn.LayerNorm(width, 1e-6), TimmMlp(width)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class TimmPatches(nn.Module):
    def __init__(self, patch: int, width: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, width, patch, patch)


class TimmViT(nn.Module):
    """The same in the names of timm."""

    def __init__(self, side: int, patch: int, width: int, heads: int, depth: int, classes: int = 1000) -> None:
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, (side // patch) ** 2 + 1, width))
        self.patch_embed = TimmPatches(patch, width)
        self.blocks = nn.Sequential(*(TimmBlock(width, heads) for _ in range(depth)))
        self.norm = nn.LayerNorm(width, 1e-6)
        self.head = nn.Linear(width, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patch_embed.proj(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], 1) + self.pos_embed
        return self.head(self.norm(self.blocks(x))[:, 0])


WINDOW = 7


def left_out(x: Tensor, p: float, training: bool) -> Tensor:
    """Stochastic depth, sample by sample."""
    if not training or p == 0:
        return x
    kept = torch.empty(len(x), *[1] * (x.dim() - 1), dtype=x.dtype).bernoulli_(1 - p)
    return x * (kept / (1 - p))


class ShiftedWindows(nn.Module):
    """Attention within windows of 7 × 7 of a map (N, H, W, C), whose rim is filled up with zeros."""

    def __init__(self, width: int, heads: int, shift: int) -> None:
        super().__init__()
        self.heads, self.shift = heads, shift
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.relative_position_bias_table = nn.Parameter(torch.zeros((2 * WINDOW - 1) ** 2, heads))
        places = torch.zeros(49, 49, dtype=torch.long)
        for i in range(49):
            for j in range(49):
                places[i, j] = (i // 7 - j // 7 + 6) * 13 + (i % 7 - j % 7 + 6)
        self.register_buffer("relative_position_index", places.flatten())

    def regions(self, side: int, shift: int) -> list[int]:
        """Which of up to three pieces a row or column of the moved map belongs to."""
        if shift == 0:
            return [0] * side
        return [0 if i < side - WINDOW else 1 if i < side - shift else 2 for i in range(side)]

    def forward(self, x: Tensor) -> Tensor:
        n, rows, columns, width = x.shape
        height, breadth = -(-rows // WINDOW) * WINDOW, -(-columns // WINDOW) * WINDOW
        full = x.new_zeros(n, height, breadth, width)
        full[:, :rows, :columns] = x
        down = self.shift if height > WINDOW else 0
        right = self.shift if breadth > WINDOW else 0
        order_h = [(i + down) % height for i in range(height)]
        order_w = [(j + right) % breadth for j in range(breadth)]
        moved = full[:, order_h][:, :, order_w]
        above, beside = self.regions(height, down), self.regions(breadth, right)
        out = torch.zeros_like(moved)
        bias = self.relative_position_bias_table[self.relative_position_index].view(49, 49, self.heads)
        for top in range(0, height, WINDOW):
            for left in range(0, breadth, WINDOW):
                part = moved[:, top : top + WINDOW, left : left + WINDOW].reshape(n, 49, width)
                piece = [(above[top + i // 7], beside[left + i % 7]) for i in range(49)]
                apart = torch.tensor([[0.0 if a == b else -100.0 for b in piece] for a in piece], dtype=x.dtype)
                y = self.attend(part, bias, apart)
                out[:, top : top + WINDOW, left : left + WINDOW] = y.view(n, WINDOW, WINDOW, width)
        back = torch.empty_like(out)
        rows_of, columns_of = torch.tensor(order_h), torch.tensor(order_w)
        back[:, rows_of[:, None], columns_of[None, :]] = out
        return back[:, :rows, :columns]

    def attend(self, part: Tensor, bias: Tensor, apart: Tensor) -> Tensor:
        """One window of every sample: (N, 49, C)."""
        q, k, v = self.qkv(part).chunk(3, -1)
        size, heads = part.shape[-1] // self.heads, []
        for head in range(self.heads):
            at = slice(head * size, (head + 1) * size)
            products = q[..., at] @ k[..., at].transpose(1, 2) / math.sqrt(size)
            heads.append((products + bias[..., head] + apart).softmax(-1) @ v[..., at])
        return self.proj(torch.cat(heads, -1))


class SwinBlock(nn.Module):
    def __init__(self, width: int, heads: int, shift: int, p: float) -> None:
        super().__init__()
        self.p = p
        self.norm1, self.attn = nn.LayerNorm(width), ShiftedWindows(width, heads, shift)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Dropout(0.0), nn.Linear(4 * width, width), nn.Dropout(0.0)
        )

    def forward(self, x: Tensor) -> Tensor:
        x = x + left_out(self.attn(self.norm1(x)), self.p, self.training)
        return x + left_out(self.mlp(self.norm2(x)), self.p, self.training)


class Merging(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.reduction = nn.Linear(4 * width, 2 * width, bias=False)
        self.norm = nn.LayerNorm(4 * width)

    def forward(self, x: Tensor) -> Tensor:
        n, rows, columns, width = x.shape
        out = x.new_zeros(n, -(-rows // 2), -(-columns // 2), 4 * width)
        for place, (i, j) in enumerate(((0, 0), (1, 0), (0, 1), (1, 1))):
            four = x[:, i::2, j::2]
            out[:, : four.shape[1], : four.shape[2], place * width : (place + 1) * width] = four
        return self.reduction(self.norm(out))


class NHWC(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.permute(0, 2, 3, 1)


class SwinT(nn.Module):
    def __init__(self, depths: tuple[int, ...] = (2, 2, 6, 2)) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Sequential(nn.Conv2d(3, 96, 4, 4), NHWC(), nn.LayerNorm(96))]
        place = 0
        for stage, depth in enumerate(depths):
            width, blocks = 96 << stage, []
            if stage:
                layers.append(Merging(width // 2))
            for index in range(depth):
                p = 0.2 * place / (sum(depths) - 1)
                blocks.append(SwinBlock(width, 3 << stage, 3 if index % 2 else 0, p))
                place += 1
            layers.append(nn.Sequential(*blocks))
        self.features = nn.Sequential(*layers)
        self.norm = nn.LayerNorm(768)
        self.head = nn.Linear(768, 1000)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.norm(self.features(x)).mean((1, 2)))


class Norm2d(nn.LayerNorm):
    """Over the channels of each pixel of a map (N, C, H, W)."""

    def forward(self, x: Tensor) -> Tensor:
        mean = x.mean(1, keepdim=True)
        deviation = (x - mean).square().mean(1, keepdim=True).add(self.eps).sqrt()
        return (x - mean) / deviation * self.weight[:, None, None] + self.bias[:, None, None]


class NCHW(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.permute(0, 3, 1, 2)


class CNBlock(nn.Module):
    def __init__(self, width: int, p: float) -> None:
        super().__init__()
        self.p = p
        self.layer_scale = nn.Parameter(torch.zeros(width, 1, 1))
        self.block = nn.Sequential(
            nn.Conv2d(width, width, 7, padding=3, groups=width), NHWC(), nn.LayerNorm(width, 1e-6),
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width), NCHW(),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return x + left_out(self.layer_scale * self.block(x), self.p, self.training)


class ConvNeXtT(nn.Module):
    def __init__(self, depths: tuple[int, ...] = (3, 3, 9, 3)) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Sequential(nn.Conv2d(3, 96, 4, 4), Norm2d(96, 1e-6))]
        place = 0
        for stage, depth in enumerate(depths):
            width, blocks = 96 << stage, []
            if stage:
                layers.append(nn.Sequential(Norm2d(width // 2, 1e-6), nn.Conv2d(width // 2, width, 2, 2)))
            for _ in range(depth):
                blocks.append(CNBlock(width, 0.1 * place / (sum(depths) - 1)))
                place += 1
            layers.append(nn.Sequential(*blocks))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(Norm2d(768, 1e-6), nn.Flatten(), nn.Linear(768, 1000))

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x).mean((2, 3), keepdim=True))
