using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>What a piece is for (SentencePiece.Type; GGUF's token types have the same numbers).</summary>
internal enum PieceType
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>How a sentencepiece model divides text (TrainerSpec.ModelType).</summary>
internal enum SentencePieceKind
{
    Unigram = 1,
    Bpe = 2,
    Word = 3,
    Character = 4,
}

/// <summary>A piece with its score: a log-probability (Unigram) or minus the rank of its merge (BPE).</summary>
internal readonly record struct Piece(string Text, float Score, PieceType Type)
{
    /// <summary>Found in text, unlike control, unknown and byte pieces.</summary>
    public bool IsText => Type is PieceType.Normal or PieceType.UserDefined or PieceType.Unused;
}

/// <summary>The content of a tokenizer.model (ModelProto of sentencepiece_model.proto).</summary>
internal sealed record SentencePieceModel
{
    /// <summary>What sentencepiece writes for an unknown piece where the model says nothing else.</summary>
    public const string DefaultUnknownSurface = " \u2047 ";

    public IReadOnlyList<Piece> Pieces { get; init; } = [];
    public SentencePieceKind Kind { get; init; } = SentencePieceKind.Unigram;
    public bool ByteFallback { get; init; }
    public string UnknownSurface { get; init; } = DefaultUnknownSurface;
    public string BeginPiece { get; init; } = "<s>";
    public string EndPiece { get; init; } = "</s>";
    public string PadPiece { get; init; } = "<pad>";
    public SentencePieceBlanks Blanks { get; init; } = new();
    public CharsMap? Rules { get; init; }

    /// <summary>Rules applied to decoded text.</summary>
    public CharsMap? OutputRules { get; init; }

    /// <summary>The id of the unknown piece.</summary>
    public int Unknown { get; init; }

    public static SentencePieceModel Parse(ReadOnlySpan<byte> bytes, string name)
    {
        var pieces = new List<Piece>();
        var model = new SentencePieceModel();
        var reader = new ProtobufReader(bytes, name);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: pieces.Add(ReadPiece(reader.Message(reader.Bytes()), pieces.Count)); break;
                case 2: model = model.WithTrainer(reader.Message(reader.Bytes())); break;
                case 3: model = model.WithNormalizer(reader.Message(reader.Bytes())); break;
                case 5: model = model with { OutputRules = RulesOf(reader.Message(reader.Bytes())) }; break;
                default: reader.Skip(); break;
            }
        }
        return model.WithPieces(pieces, name);
    }

    private static Piece ReadPiece(ProtobufReader reader, int id)
    {
        var (text, score, type) = ("", 0f, (long)PieceType.Normal);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: text = reader.Text(); break;
                case 2: score = reader.Single(); break;
                case 3: type = reader.Integer(); break;
                default: reader.Skip(); break;
            }
        }
        if (text.Length == 0)
            throw reader.Damaged($"the piece {id} without text");
        if (type is < 1 or > 6)
            throw reader.Damaged($"the piece {id} of the unknown type {type}");
        return float.IsFinite(score) ? new Piece(text, score, (PieceType)type) : throw reader.Damaged($"the piece {id} with the score {score}");
    }

    private SentencePieceModel WithTrainer(ProtobufReader reader)
    {
        var result = this;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 3: result = result with { Kind = (SentencePieceKind)reader.Integer() }; break;
                case 24: result = result with { Blanks = result.Blanks with { AsSuffix = reader.Flag() } }; break;
                case 35: result = result with { ByteFallback = reader.Flag() }; break;
                case 44: result = result with { UnknownSurface = reader.Text() }; break;
                case 46: result = result with { BeginPiece = reader.Text() }; break;
                case 47: result = result with { EndPiece = reader.Text() }; break;
                case 48: result = result with { PadPiece = reader.Text() }; break;
                default: reader.Skip(); break;
            }
        }
        return Enum.IsDefined(result.Kind) ? result : throw reader.Damaged($"the unknown model type {(int)result.Kind}");
    }

    private SentencePieceModel WithNormalizer(ProtobufReader reader)
    {
        var (result, blanks) = (this, Blanks);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2: result = result with { Rules = RulesOf(reader.Bytes()) }; break;
                case 3: blanks = blanks with { AddsDummy = reader.Flag() }; break;
                case 4: blanks = blanks with { RemovesExtra = reader.Flag() }; break;
                case 5: blanks = blanks with { Escapes = reader.Flag() }; break;
                default: reader.Skip(); break;
            }
        }
        return result with { Blanks = blanks with { AsSuffix = result.Blanks.AsSuffix } };
    }

    private static CharsMap? RulesOf(ProtobufReader reader)
    {
        CharsMap? rules = null;
        while (reader.Next())
        {
            if (reader.Field == 2)
                rules = RulesOf(reader.Bytes());
            else
                reader.Skip();
        }
        return rules;
    }

    private static CharsMap? RulesOf(ReadOnlySpan<byte> blob) => blob.IsEmpty ? null : CharsMap.Parse(blob);

    private SentencePieceModel WithPieces(List<Piece> pieces, string name)
    {
        var seen = new HashSet<(string, bool)>();
        foreach (var piece in pieces)
            if (!seen.Add((piece.Text, piece.IsText)))
                throw Refused(name, $"holds the piece '{piece.Text}' twice");
        var unknown = pieces.FindIndex(p => p.Type == PieceType.Unknown);
        if (unknown < 0)
            throw Refused(name, pieces.Count == 0 ? "holds no pieces" : "holds no piece for the unknown");
        if (pieces.FindLastIndex(p => p.Type == PieceType.Unknown) != unknown)
            throw Refused(name, "holds two pieces for the unknown");
        var bytes = pieces.Where(p => p.Type == PieceType.Byte).Select(p => p.Text).ToHashSet(StringComparer.Ordinal);
        if (ByteFallback && bytes.Count != 256 || bytes.Count > 0 && !ByteFallback || bytes.Any(b => ByteFallbackStage.ByteOf(b) is null))
            throw Refused(name, $"holds {bytes.Count} pieces for bytes, while its byte fallback is {(ByteFallback ? "on and needs 256" : "off")}");
        return this with { Pieces = pieces, Unknown = unknown };
    }

    private static AttuneException Refused(string name, string what) => new($"{name} {what}, so it is no whole sentencepiece model; fetch it again.");
}
