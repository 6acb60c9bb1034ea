using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Attune.Models.Loading;

namespace Attune.Bench;

/// <summary>
/// Encodes a text on one thread and prints a line of JSON, as bench/peers/tokenizers_peer.js does for public libraries: the best of
/// five runs over documents of 8,192 UTF-16 units, and a hash of all ids, which must be theirs.
/// </summary>
internal static class TokenizerRun
{
    private const int Document = 8192, Runs = 5;

    public static void Print(string tokenizerPath, string textPath)
    {
        var text = File.ReadAllText(textPath);
        var documents = text.Chunk(Document).Select(c => new string(c)).ToList();
        var tokenizer = TokenizerLoader.Load(tokenizerPath);
        var best = TimeSpan.MaxValue;
        var all = new List<int[]>();
        for (var run = 0; run < Runs; run++)
        {
            var watch = Stopwatch.StartNew();
            all = [.. documents.Select(d => tokenizer.Encode(d, addSpecial: false, parseSpecial: false))];
            best = watch.Elapsed < best ? watch.Elapsed : best;
        }
        var tokens = all.Sum(ids => ids.Length);
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            library = "Attune",
            version = Environment.Version.ToString(),
            tokens,
            tokens_per_second = Math.Round(tokens / best.TotalSeconds),
            mb_per_second = Math.Round(Encoding.UTF8.GetByteCount(text) / best.TotalSeconds / 1e6, 2),
            hash = all.SelectMany(ids => ids).Aggregate(0UL, (h, id) => h * 31 + (ulong)id & 0xFFFFFFFFFFFF).ToString("x", CultureInfo.InvariantCulture),
        }));
    }
}
