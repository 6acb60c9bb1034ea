using System.Text.Json;
using Attune.Data;
using Attune.Tensors;

namespace Attune.Tests.Data;

/// <summary>The real data sets: what task.json announces is what is read.</summary>
[Trait("Category", "Goldens")]
public class DataSetGoldenTests
{
    private static IEnumerable<string> Folders()
    {
        Skip.If(!TestFolders.Data.Any(Directory.Exists), "there is no data folder");
        return TestFolders.Data.Where(Directory.Exists).SelectMany(d => Directory.GetDirectories(d)).Where(d => File.Exists(Path.Combine(d, "task.json")));
    }

    [SkippableFact]
    public void Read_EveryDataSet_HasTheRowsAndLabelsOfItsTask()
    {
        foreach (var folder in Folders())
        {
            var json = JsonElement.Parse(File.ReadAllText(Path.Combine(folder, "task.json")));
            var data = DataReader.Read(folder);
            var rows = json.GetProperty("rows");
            foreach (var (split, read) in new[] { ("train", data.Train.Count), ("dev", data.Dev.Count), ("test", data.Test?.Count ?? 0) })
                Assert.Equal(rows.TryGetProperty(split, out var announced) ? announced.GetInt32() : 0, read);
            if (json.TryGetProperty("labels", out var labels))
                Assert.Equal(labels.EnumerateArray().Select(l => l.GetString()), data.Task.Labels);
            if (data.Task.Kind == TaskKind.Classification)
                Assert.Equal(data.Train.Count, data.Report.Labels.Sum(l => l.Train));
            Assert.DoesNotContain(data.Report.Warnings, w => w.Found.Contains("task.json says"));
            Assert.Equal(data.Hash, DataReader.Read(folder).Hash);
        }
    }

    [SkippableFact]
    public void Draw_EveryClassificationSet_IsBalancedNestedAndWithoutLeaks()
    {
        foreach (var data in Folders().Select(f => DataReader.Read(f)).Where(d => d.Test is not null && d.Report.Labels.Count > 0 && d.Report.Labels.Min(l => l.Train) >= 40))
        {
            var four = Splitter.Draw(data, 1, new SplitOptions(ShotSpec.Parse("4"), 200));
            var sixteen = Splitter.Draw(data, 1, new SplitOptions(ShotSpec.Parse("16"), 200));
            Assert.Equal(16 * data.Task.Labels.Count, sixteen.Labelled.Count);
            Assert.All(sixteen.Labelled.CountBy(e => e.Label), c => Assert.Equal(16, c.Value));
            Assert.Subset(sixteen.Labelled.ToHashSet(), four.Labelled.ToHashSet());
            Assert.Equal(four.Test, sixteen.Test);
            Assert.Equal(Math.Min(200, data.Test!.Count), four.Test.Count);
            Assert.Empty(sixteen.Labelled.Select(e => e.Input.Text.Trim().ToLowerInvariant()).Intersect(sixteen.Test.Select(e => e.Input.Text.Trim().ToLowerInvariant())));
        }
    }

    [SkippableFact]
    public void Template_OfEachReferenceRun_IsTheTasksOwn()
    {
        var reference = JsonElement.Parse(File.ReadAllText(TestFolders.Fixture("reference/classification.json")));
        foreach (var run in reference.GetProperty("results").EnumerateArray())
        {
            var data = DataReader.Read(TestFolders.DataSet(run.GetProperty("task").GetString()!));
            Assert.Equal(run.GetProperty("template").GetString(), data.Task.Template.InputTemplate);
            Assert.Equal(run.GetProperty("template").GetString()!.Replace("{text}", data.Test![0].Input.Text), data.Task.Template.RenderPlain([], data.Test[0].Input));
            foreach (var word in run.GetProperty("words").EnumerateObject())
                Assert.Equal(word.Value.GetString(), data.Task.Template.RenderLabel(word.Name));
        }
    }

    [SkippableFact]
    public void Read_BigBenchFiles_AreGeneration()
    {
        foreach (var file in Directory.GetFiles(TestFolders.DataSet("bbh"), "*.jsonl"))
        {
            var data = DataReader.Read(file);
            Assert.Equal((TaskKind.Generation, 250), (data.Task.Kind, data.Train.Count));
            Assert.Throws<AttuneException>(data.Task.RequireComparable);
        }
    }
}
