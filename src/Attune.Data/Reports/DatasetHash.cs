using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Attune.Data;

/// <summary>SHA-256 over task and rows, each text led by its length so that no two contents run together.</summary>
internal sealed class DatasetHash : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public static string Of(TaskSpec task, params IReadOnlyList<Example>?[] splits)
    {
        using var content = new DatasetHash();
        content.Add(TaskKindNames.Name(task.Kind));
        content.Add(task.Labels);
        content.Add(task.Fields);
        content.Add(task.Template.ToJson().ToJsonString());
        foreach (var split in splits)
        {
            content.Add(split is null ? -1 : split.Count);
            foreach (var example in split ?? [])
                content.Add(example);
        }

        return Convert.ToHexStringLower(content.hash.GetHashAndReset());
    }

    public void Dispose() => hash.Dispose();

    private void Add(Example example)
    {
        Add([.. example.Input.Fields.Values]);
        Add(example.Input.Choices ?? []);
        Add(example.Label);
        Add(example.References);
        Add(example.Group is null ? [] : [example.Group]);
    }

    private void Add(IReadOnlyList<string> texts)
    {
        Add(texts.Count);
        foreach (var text in texts)
            Add(text);
    }

    private void Add(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Add(bytes.Length);
        hash.AppendData(bytes);
    }

    private void Add(int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
