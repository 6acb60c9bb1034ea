using System.Text;
using System.Text.Json.Nodes;

namespace Attune.Tests.Models.Architectures;

/// <summary>A copy of a folder with one safetensors file in which tensors have other names.</summary>
internal sealed class RenamedCheckpoint : IDisposable
{
    public RenamedCheckpoint(string folder, Func<string, string> rename)
    {
        Path = Directory.CreateTempSubdirectory("attune-renamed-").FullName;
        foreach (var file in Directory.EnumerateFiles(folder, "config*.json"))
            File.Copy(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)));
        var bytes = File.ReadAllBytes(System.IO.Path.Combine(folder, "model.safetensors"));
        var length = (int)BitConverter.ToInt64(bytes);
        var header = new JsonObject();
        foreach (var (name, value) in JsonNode.Parse(bytes.AsSpan(8, length))!.AsObject())
            header[name == "__metadata__" ? name : rename(name)] = value!.DeepClone();
        var text = Encoding.UTF8.GetBytes(header.ToJsonString());
        File.WriteAllBytes(System.IO.Path.Combine(Path, "model.safetensors"), [.. BitConverter.GetBytes((long)text.Length), .. text, .. bytes.AsSpan(8 + length)]);
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
