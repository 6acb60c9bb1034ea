using System.Diagnostics;
using System.Text.Json;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Models.Tokenizers;
using Attune.Tensors;
using Attune.Tests.Tensors;

namespace Attune.Tests.Models.Files;

/// <summary>The broken files of the goldens: one clear error, quickly, and without large allocations.</summary>
[Trait("Category", "Goldens")]
[Collection(MemoryLimitCollection.Name)]
public class MalformedFileTests
{
    private const long MostBytes = 100_000_000;

    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var folder in TestFolders.AllFixtures("files/malformed"))
            {
                using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "manifest.json")));
                foreach (var entry in manifest.RootElement.EnumerateArray().Where(IsOurs))
                    data.Add(Path.Combine(folder, entry.GetProperty("file").GetString()!), entry.GetProperty("must").GetString()!, entry.GetProperty("wrong").GetString()!);
            }
            if (data.Count == 0)
                data.Add("", "", "");
            return data;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Open_MalformedFile_DoesWhatItMust(string path, string must, string wrong)
    {
        FixtureFiles.Require(path);
        var before = GC.GetAllocatedBytesForCurrentThread();
        EngineMemory.ResetPeak();
        var native = EngineMemory.CurrentBytes;
        var watch = Stopwatch.StartNew();
        var error = Record.Exception(() => ReadAll(path, asModel: must == "refuse_as_model"));
        Assert.InRange(EngineMemory.PeakBytes - native, 0, MostBytes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
        if (error is not null)
        {
            Assert.True(error is AttuneException, $"{wrong}: {error}");
            Assert.Contains(Path.GetFileName(path), error.Message, StringComparison.Ordinal);
        }
        // Where a warning would do, these readers refuse.
        if (must is "refuse" or "refuse_or_warn" or "refuse_as_model")
            Assert.True(error is not null, $"{wrong}: was read");
        if (must == "load")
            Assert.True(error is null, $"{wrong}: {error?.Message}");
    }

    private static bool IsOurs(JsonElement entry)
    {
        var file = entry.GetProperty("file").GetString()!;
        return file.EndsWith(".gguf", StringComparison.Ordinal) || file.EndsWith(".safetensors", StringComparison.Ordinal)
            || file.StartsWith("index/", StringComparison.Ordinal) || file.EndsWith(".npy", StringComparison.Ordinal)
            || file.StartsWith("fuzz/", StringComparison.Ordinal);
    }

    private static void ReadAll(string path, bool asModel)
    {
        if (asModel)
        {
            ModelLoader.LoadLanguageModel(path).Dispose();
            return;
        }
        if (path.EndsWith(".json", StringComparison.Ordinal))
        {
            TokenizerJson.Load(path).Encode("some text 12", addSpecial: true);
            return;
        }
        if (path.EndsWith(".npy", StringComparison.Ordinal))
        {
            using var array = NumpyArray.Open(path);
            array.ToComplex();
            return;
        }
        using ITensorSource source = Directory.Exists(path) ? SafetensorsFolder.Open(path)
            : path.EndsWith(".gguf", StringComparison.Ordinal) ? GgufFile.Open(path) : SafetensorsFile.Open(path);
        foreach (var tensor in source.Tensors.Values.Where(t => Dequantiser.CanRead(t.Info.Type)))
            tensor.ToFloat32();
    }
}
