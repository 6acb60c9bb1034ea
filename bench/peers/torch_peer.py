"""A Llama in plain torch with random weights, timed beside Attune by `attune bench --against python=PATH`.

Reads JSON lines from standard input. The first gives the shapes and sizes; the answer is {"version": ...}. Each further
line names a work, {"work": "prefill"}; it is done once to warm up and once timed, and the answer is {"seconds": ...}.
What goes wrong is answered as {"error": ...}. Weights are frozen unless a work trains them; dtype is that of weights,
activations and what is trained. Needs torch and nothing else.
"""
import json
import math
import sys
import time

try:
    import torch
    import torch.nn.functional as F
except ImportError as error:
    print(json.dumps({"error": "this Python cannot import torch: %s" % error}), flush=True)
    sys.exit(0)

ROLES = ("q", "k", "v", "o", "gate", "up", "down")


class Llama:
    def __init__(self, s):
        self.s = s
        self.dtype = getattr(torch, s["dtype"])
        h, d = s["hidden"], s["head_dim"]
        q, kv, f = s["heads"] * d, s["kv_heads"] * d, s["intermediate"]
        shapes = {"q": (q, h), "k": (kv, h), "v": (kv, h), "o": (h, q), "gate": (f, h), "up": (f, h), "down": (h, f)}
        self.blocks = []
        for _ in range(s["layers"]):
            block = {role: self.random(*shapes[role]) for role in ROLES}
            block["norm1"] = torch.ones(h, dtype=self.dtype)
            block["norm2"] = torch.ones(h, dtype=self.dtype)
            self.blocks.append(block)
        self.norm = torch.ones(h, dtype=self.dtype)
        # Tied: one matrix is embedding and head.
        self.embedding = self.random(s["vocabulary"], h)
        self.factors = None
        longest = max(s["prefill"], s["decode"], s["score_prefix"] + s["score_tokens"], s["train_tokens"])
        angles = torch.outer(torch.arange(longest).float(), 10000.0 ** (-torch.arange(0, d, 2).float() / d))
        angles = torch.cat((angles, angles), dim=-1)
        self.cos, self.sin = angles.cos().to(self.dtype), angles.sin().to(self.dtype)

    def random(self, rows, columns):
        return (torch.randn(rows, columns) / math.sqrt(columns)).to(self.dtype)

    def map(self, layer, role, x):
        y = F.linear(x, self.blocks[layer][role])
        if self.factors is not None and role in ("q", "v"):
            a, b = self.factors[layer][role]
            y = y + F.linear(F.linear(x, a), b) * 2.0
        return y

    def rms(self, x, weight):
        wide = x.float()
        return (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + 1e-5)).to(x.dtype) * weight

    def rope(self, x, past):
        # x: [rows, heads, tokens, head_dim]
        cos, sin = self.cos[past:past + x.shape[2]], self.sin[past:past + x.shape[2]]
        half = x.shape[3] // 2
        return x * cos + torch.cat((-x[..., half:], x[..., :half]), dim=-1) * sin

    def attend(self, q, k, v):
        repeat = self.s["heads"] // self.s["kv_heads"]
        k, v = k.repeat_interleave(repeat, dim=1), v.repeat_interleave(repeat, dim=1)
        new, seen = q.shape[2], k.shape[2]
        mask = None
        if new > 1:
            mask = torch.ones(new, seen, dtype=torch.bool).tril(seen - new)
        if hasattr(F, "scaled_dot_product_attention"):
            return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        scores = q @ k.transpose(2, 3) / math.sqrt(q.shape[3])
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        return torch.softmax(scores.float(), dim=-1).to(q.dtype) @ v

    def forward(self, ids, cache=None):
        """ids [rows, tokens] -> hidden states; the cache is a list of (k, v) a layer, and is extended."""
        s, d = self.s, self.s["head_dim"]
        rows, tokens = ids.shape
        past = cache[0][0].shape[2] if cache and cache[0] is not None else 0
        x = self.embedding[ids]
        for layer, block in enumerate(self.blocks):
            n = self.rms(x, block["norm1"])
            q = self.rope(self.map(layer, "q", n).view(rows, tokens, s["heads"], d).transpose(1, 2), past)
            k = self.rope(self.map(layer, "k", n).view(rows, tokens, s["kv_heads"], d).transpose(1, 2), past)
            v = self.map(layer, "v", n).view(rows, tokens, s["kv_heads"], d).transpose(1, 2)
            if cache is not None:
                if cache[layer] is not None:
                    k, v = torch.cat((cache[layer][0], k), dim=2), torch.cat((cache[layer][1], v), dim=2)
                cache[layer] = (k, v)
            heads = self.attend(q, k, v).transpose(1, 2).reshape(rows, tokens, s["heads"] * d)
            x = x + self.map(layer, "o", heads)
            n = self.rms(x, block["norm2"])
            x = x + self.map(layer, "down", F.silu(self.map(layer, "gate", n)) * self.map(layer, "up", n))
        return self.rms(x, self.norm)

    def head(self, hidden):
        return F.linear(hidden, self.embedding)


def ids(model, rows, tokens):
    return torch.randint(0, model.s["vocabulary"], (rows, tokens))


def prefill(model):
    prompt = ids(model, 1, model.s["prefill"])

    @torch.no_grad()
    def run():
        model.head(model.forward(prompt, [None] * model.s["layers"])[:, -1])
    return run


def decode(model):
    tokens = ids(model, 1, model.s["decode"])

    @torch.no_grad()
    def run():
        cache = [None] * model.s["layers"]
        for i in range(tokens.shape[1]):
            model.head(model.forward(tokens[:, i:i + 1], cache)[:, -1])
    return run


def scoring(model, batch=16):
    prefix, rows = ids(model, 1, model.s["score_prefix"]), ids(model, model.s["score_rows"], model.s["score_tokens"])

    @torch.no_grad()
    def run():
        shared = [None] * model.s["layers"]
        model.forward(prefix, shared)
        for start in range(0, rows.shape[0], batch):
            part = rows[start:start + batch]
            cache = [(k.expand(part.shape[0], -1, -1, -1), v.expand(part.shape[0], -1, -1, -1)) for k, v in shared]
            torch.log_softmax(model.head(model.forward(part, cache)[:, -1]).float(), dim=-1)
    return run


def training(model, every_token, low_rank):
    s = model.s
    tokens = ids(model, s["train_rows"], s["train_tokens"] + 1)
    if low_rank:
        model.factors = []
        for block in model.blocks:
            model.factors.append({
                role: ((torch.randn(s["rank"], block[role].shape[1]) / math.sqrt(block[role].shape[1])).to(model.dtype).requires_grad_(),
                       torch.zeros(block[role].shape[0], s["rank"], dtype=model.dtype, requires_grad=True))
                for role in ("q", "v")})
        trained = [t for layer in model.factors for pair in layer.values() for t in pair]
    else:
        trained = [t.requires_grad_() for block in model.blocks for t in block.values()] + [model.norm.requires_grad_()]
    optimizer = torch.optim.AdamW(trained, lr=1e-5, weight_decay=0.0)

    def run():
        optimizer.zero_grad(set_to_none=True)
        hidden = model.forward(tokens[:, :-1])
        if every_token:
            logits, targets = model.head(hidden).flatten(0, 1), tokens[:, 1:].flatten()
        else:
            logits, targets = model.head(hidden[:, -1]), tokens[:, -1]
        F.cross_entropy(logits.float(), targets).backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
    return run


WORKS = {
    "prefill": prefill,
    "decode": decode,
    "scoring": scoring,
    "lora": lambda model: training(model, every_token=False, low_rank=True),
    "lora-all": lambda model: training(model, every_token=True, low_rank=True),
    "full": lambda model: training(model, every_token=False, low_rank=False),
}


def prepare(model, work):
    """A work to run again and again; nothing of the work before it is left."""
    model.factors = None
    for block in model.blocks:
        for tensor in block.values():
            tensor.requires_grad_(False).grad = None
    model.norm.requires_grad_(False).grad = None
    return WORKS[work](model)


@torch.no_grad()
def product_rate(model, tokens=512):
    """Float operations a second of a feed-forward map: a torch built without a fast BLAS shows here."""
    weight = model.blocks[0]["gate"]
    x = torch.randn(tokens, weight.shape[1]).to(model.dtype)
    best = math.inf
    for _ in range(6):
        started = time.perf_counter()
        F.linear(x, weight)
        best = min(best, time.perf_counter() - started)
    return 2.0 * tokens * weight.numel() / best


def main():
    shapes = json.loads(sys.stdin.readline())
    torch.set_num_threads(shapes["threads"])
    torch.manual_seed(shapes["seed"])
    model = Llama(shapes)
    version = "torch %s on Python %s, %s, %.0f GFLOP/s in its products" % (
        torch.__version__, sys.version.split()[0], shapes["dtype"], product_rate(model) / 1e9)
    print(json.dumps({"version": version}), flush=True)
    current, run = None, None
    for line in sys.stdin:
        work = json.loads(line)["work"]
        try:
            if work != current:
                run = None
                current, run = work, prepare(model, work)
            run()
            started = time.perf_counter()
            run()
            answer = {"seconds": time.perf_counter() - started}
        except Exception as error:  # Said to the other side, which goes on without this work.
            current, answer = None, {"error": "torch: %s: %s" % (type(error).__name__, str(error).splitlines()[0] if str(error) else "")}
        print(json.dumps(answer), flush=True)


main()
