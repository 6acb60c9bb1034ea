using System.Buffers.Binary;
using System.Text;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>
/// Reads the fields of one protobuf message (the wire format of Protocol Buffers: a tag of number and kind, then the value). Every
/// length is checked against the bytes that are there; groups are skipped by no one and refused.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes, string name)
{
    private const int KindVarint = 0, KindFixed64 = 1, KindBytes = 2, KindFixed32 = 5;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;
    private int _kind;

    /// <summary>The number of the field whose value comes next.</summary>
    public int Field { get; private set; }

    /// <summary>Goes to the next field; false at the end.</summary>
    public bool Next()
    {
        if (_at == _bytes.Length)
            return false;
        var tag = Varint();
        Field = (int)(tag >> 3 & 0x1FFFFFFF);
        _kind = (int)(tag & 7);
        return Field > 0 && tag <= uint.MaxValue ? true : throw Damaged("a field without a number");
    }

    public readonly ProtobufReader Message(ReadOnlySpan<byte> content) => new(content, name);

    public long Integer()
    {
        Require(KindVarint);
        return (long)Varint();
    }

    public bool Flag() => Integer() != 0;

    public float Single()
    {
        Require(KindFixed32);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
    }

    public string Text()
    {
        try
        {
            return Strict.GetString(Bytes());
        }
        catch (DecoderFallbackException)
        {
            throw Damaged("text that is not UTF-8");
        }
    }

    public ReadOnlySpan<byte> Bytes()
    {
        Require(KindBytes);
        return Take(Varint());
    }

    /// <summary>Passes over a field that is not wanted.</summary>
    public void Skip()
    {
        switch (_kind)
        {
            case KindVarint: Varint(); break;
            case KindFixed64: Take(8); break;
            case KindBytes: Take(Varint()); break;
            case KindFixed32: Take(4); break;
            default: throw Damaged($"a value of kind {_kind}");
        }
    }

    public readonly AttuneException Damaged(string found) =>
        new($"{name} holds {found} at byte {_at} of a message, so it is no sentencepiece model that can be read; fetch it again.");

    private readonly void Require(int kind)
    {
        if (_kind != kind)
            throw Damaged($"a value of kind {_kind} in field {Field}, where kind {kind} belongs,");
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (_at == _bytes.Length)
                break;
            var next = _bytes[_at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw Damaged("a number without an end");
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)(_bytes.Length - _at))
            throw Damaged($"a value of {length} bytes where {_bytes.Length - _at} are left");
        var result = _bytes.Slice(_at, (int)length);
        _at += (int)length;
        return result;
    }
}
