// Times public tokenizer libraries on one text: node tokenizers_peer.js TOKENIZER_JSON TEXT [gpt2]
//
// Prints a line of JSON for each library: the best of five runs over documents of 8,192 UTF-16 units, and a hash of all ids, as
// `Attune.Bench tokenizers TOKENIZER TEXT` does for Attune. With "gpt2", libraries that carry GPT-2's vocabulary themselves too.
// Needs `npm install tokenizers @huggingface/tokenizers tiktoken gpt-tokenizer`; give TOKENIZERS_PARALLELISM=false for one thread.
'use strict';
const fs = require('fs');

const [file, textFile, encoding] = process.argv.slice(2);
const text = fs.readFileSync(textFile, 'utf8');
const documents = text.match(/[\s\S]{1,8192}/g);
const configuration = JSON.parse(fs.readFileSync(file));

function hashOf(all) {
  let hash = 0n;
  for (const ids of all) for (const id of ids) hash = (hash * 31n + BigInt(id)) & 0xffffffffffffn;
  return hash.toString(16);
}

async function time(library, version, encode) {
  let best = Infinity;
  let all;
  for (let run = 0; run < 5; run++) {
    const start = process.hrtime.bigint();
    all = await encode();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e9);
  }
  const ids = all.map((a) => Array.from(a.getIds ? a.getIds() : a));
  const tokens = ids.reduce((n, i) => n + i.length, 0);
  const speed = { tokens_per_second: Math.round(tokens / best), mb_per_second: +(Buffer.byteLength(text) / best / 1e6).toFixed(2) };
  console.log(JSON.stringify({ library, version, tokens, ...speed, hash: hashOf(ids) }));
}

(async () => {
  const { Tokenizer } = require('tokenizers');
  const rust = Tokenizer.fromFile(file);
  rust.disableTruncation();
  rust.disablePadding();
  await time('tokenizers (Rust)', '0.23.2', () => rust.encodeBatch(documents, { addSpecialTokens: false }));
  const { Tokenizer: Script } = await import('@huggingface/tokenizers');
  const script = new Script(configuration, {});
  await time('@huggingface/tokenizers (JavaScript)', '0.2.0', async () => documents.map((d) => script.encode(d, { add_special_tokens: false }).ids));
  if (encoding !== 'gpt2') return;
  const tiktoken = require('tiktoken').get_encoding('gpt2');
  await time('tiktoken (Rust, WebAssembly)', '1.0.22', async () => documents.map((d) => tiktoken.encode_ordinary(d)));
  const gpt = require('gpt-tokenizer/encoding/r50k_base');
  await time('gpt-tokenizer (JavaScript)', '4.0.0', async () => documents.map((d) => gpt.encode(d)));
})();
