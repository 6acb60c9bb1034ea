"""Times the sentencepiece library on one text: python3 sentencepiece_peer.py TOKENIZER_MODEL TEXT.

Prints a line of JSON: the best of five runs over documents of 8,192 characters, and a hash of all ids, as
`Attune.Bench tokenizers TOKENIZER TEXT` does for Attune (the same text gives the same documents where it holds no
character outside the Basic Multilingual Plane).
"""
import json
import sys
import time

import sentencepiece

model, path = sys.argv[1:3]
text = open(path, encoding="utf8", newline="").read()
documents = [text[i:i + 8192] for i in range(0, len(text), 8192)]
processor = sentencepiece.SentencePieceProcessor(model_file=model)
best = float("inf")
for _ in range(5):
    start = time.perf_counter()
    ids = [processor.encode(d) for d in documents]
    best = min(best, time.perf_counter() - start)
code, tokens = 0, 0
for document in ids:
    tokens += len(document)
    for token in document:
        code = (code * 31 + token) & 0xFFFFFFFFFFFF
print(json.dumps({
    "library": "sentencepiece (C++)", "version": sentencepiece.__version__, "tokens": tokens,
    "tokens_per_second": round(tokens / best), "mb_per_second": round(len(text.encode()) / best / 1e6, 2), "hash": "%x" % code}))
