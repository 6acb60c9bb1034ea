using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>
/// Text files, cut into documents and these into windows of the context's length that share one token, so that a round gives each token but a document's first once to be predicted. A round
/// reads the windows in an order of its own, long documents with borders of their own. Packing cuts off what of a window does not fit into a part (<see cref="PackedPart"/>); that is not
/// read in that round.
/// </summary>
public sealed class TextSource : IDocumentSource
{
    /// <summary>With fewer documents the end of each is held out, not whole ones.</summary>
    private const int LeastToHoldOutWhole = 20;

    /// <summary>A character is two bytes, and about a third of a token, which takes up to three times its four bytes while a list of them grows.</summary>
    private const int BytesOfCharacter = 6;

    private readonly List<string> training = [];
    private readonly List<string> heldOut = [];
    private readonly SeededRandom random;
    private TokenWindows windows = TokenWindows.None;
    private TokenWindows heldOutWindows = TokenWindows.None;

    /// <exception cref="AttuneException">A file is missing, is not UTF-8, or there is no text.</exception>
    public TextSource(string name, IReadOnlyList<string> files, TextBorders borders, double heldOutShare, SeededRandom random)
    {
        (Name, this.random) = (name, random);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var documents = new List<string>();
        foreach (var file in files)
        {
            var (text, digest) = TextFile.Read(file);
            hash.AppendData(digest);
            documents.AddRange(TextCutter.Cut(text, borders));
        }
        if (documents.Count == 0)
            throw new AttuneException($"the source '{name}' has no text in {string.Join(", ", files.Select(f => $"'{f}'"))}; give files with text");
        Identity = string.Create(CultureInfo.InvariantCulture, $"text {Convert.ToHexStringLower(hash.GetHashAndReset())[..16]} {borders} {heldOutShare}");
        TextBytes = BytesOfCharacter * documents.Sum(d => (long)d.Length);
        Share(documents, heldOutShare);
        if (heldOut.Count == 0 && heldOutShare > 0)
            Remark = string.Create(CultureInfo.InvariantCulture, $"the source '{name}' has nothing to measure by: a share of {heldOutShare} held out of its {documents.Count} documents gave none; raise held_out, or cut it into more documents");
    }

    public string Name { get; }

    public string Identity { get; }

    public long? Tokens { get; private set; }

    public long TextBytes { get; }

    public string? Remark { get; }

    /// <summary>In a random order, so that a few of them are of many documents.</summary>
    public IReadOnlyList<HeldOutSet> HeldOut => [new HeldOutSet(Name, number => number < heldOutWindows.Count ? new Document(heldOutWindows.Read(number, random.Fork("held-out")), []) : null)];

    public IEnumerable<string> Samples() => training;

    public void Prepare(DocumentEncoder encoder, CancellationToken cancel)
    {
        windows = new TokenWindows(training, encoder, cancel);
        heldOutWindows = new TokenWindows(heldOut, encoder, cancel);
        Tokens = windows.Tokens;
        training.Clear();
        heldOut.Clear();
    }

    public Document Read(long number) => windows.Count == 0 ? Document.Empty : new(windows.Read(number, random), []);

    /// <summary>Whole documents by the hash of their text, which does not depend on the others; of few long ones the end.</summary>
    private void Share(List<string> documents, double share)
    {
        foreach (var document in documents)
        {
            if (documents.Count >= LeastToHoldOutWhole)
            {
                (IsHeldOut(document, share) ? heldOut : training).Add(document);
                continue;
            }
            var cut = TextCutter.LineEndBefore(document, (int)(document.Length * (1 - share)));
            training.Add(document[..cut]);
            if (cut < document.Length)
                heldOut.Add(document[cut..]);
        }
    }

    internal static bool IsHeldOut(string text, double share) =>
        BitConverter.ToUInt32(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0) < share * uint.MaxValue;
}
