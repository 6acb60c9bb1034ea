using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>The tokens of texts, and the windows that they are read through.</summary>
internal sealed class TokenWindows
{
    private readonly int context;
    private readonly int[] tokens;
    private readonly int[] starts;

    /// <summary>The document of each window, and the window's number in it.</summary>
    private readonly (int Document, int Number)[] windows;
    private int[] order = [];
    private int[] shifts = [];
    private long round = -1;

    public TokenWindows(IEnumerable<string> texts, DocumentEncoder encoder, CancellationToken cancel)
    {
        context = encoder.Context;
        var (all, begins, list) = (new List<int>(), new List<int>(), new List<(int, int)>());
        foreach (var text in texts)
        {
            cancel.ThrowIfCancellationRequested();
            var ids = encoder.Encode(text);
            // One more than is needed for a document of several windows, since a round's borders may be shifted.
            var count = ids.Length - 1 <= context ? 1 : (ids.Length - 2) / context + 2;
            for (var i = 0; i < count; i++)
                list.Add((begins.Count, i));
            begins.Add(all.Count);
            all.AddRange(ids);
        }
        (tokens, starts, windows) = ([.. all], [.. begins, all.Count], [.. list]);
    }

    private TokenWindows() => (tokens, starts, windows) = ([], [0], []);

    public static TokenWindows None { get; } = new();

    public int Count => windows.Length;

    public long Tokens => tokens.Length;

    /// <summary>Window <paramref name="number"/> of an endless reading: round after round, each in an order and with borders drawn from <paramref name="random"/>.</summary>
    public int[] Read(long number, SeededRandom random)
    {
        Begin(number / Count, random);
        var window = order[number % Count];
        return Window(window, shifts[windows[window].Document]);
    }

    /// <summary>Tokens [i·context − shift, (i + 1)·context − shift] of a document, its window i; empty where the document has none there.</summary>
    /// <param name="shift">From 0 to context − 1.</param>
    public int[] Window(int number, int shift)
    {
        var (document, i) = windows[number];
        var length = starts[document + 1] - starts[document];
        var first = Math.Max(0, i * context - shift);
        var last = Math.Min(length - 1, (i + 1) * context - shift);
        return last <= first ? [] : tokens[(starts[document] + first)..(starts[document] + last + 1)];
    }

    private void Begin(long wanted, SeededRandom random)
    {
        if (round == wanted)
            return;
        round = wanted;
        var own = random.Fork(FormattableString.Invariant($"round {round}"));
        order = [.. Enumerable.Range(0, Count)];
        own.Shuffle<int>(order);
        shifts = new int[starts.Length - 1];
        for (var d = 0; d < shifts.Length; d++)
            shifts[d] = starts[d + 1] - starts[d] - 1 <= context ? 0 : own.Next(context);
    }
}
