using System.Diagnostics;
using System.Text.Json.Nodes;
using Attune.Cli;
using Attune.Cli.Terminal;
using Attune.Tests.Evaluation.Reports;
using Attune.Tests.Training.Pretraining;
using Attune.Training.Pretraining;

namespace Attune.Tests.Cli;

public sealed class PretrainCommandTests : IDisposable
{
    internal const string Tiny = """
        name: tiny <model>
        model: {model_type: llama, hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1, num_attention_heads: 2, num_key_value_heads: 1}
        tokenizer: {vocabulary: 300, sample: 20_000}
        context: 24
        tokens_per_step: 96
        parts: 2
        steps: 6
        optimizer: {kind: muon, rate: 0.01}
        schedule: {kind: cosine, warm_up: 2}
        average: 0.9
        label_weight: 1
        evaluation: {every: 3, documents: 4, episodes: 4}
        checkpoint: {every: 2}
        sources:
          - {kind: text, files: "te*.txt", documents: blank-line, licence: free}
          - {kind: task, path: rows.csv, rows: [2, 4], weight: 0.5, from: 0.3}
          - {kind: episodes, max_characters: 80}
          - {kind: prose, max_characters: 100, weight: 0.5}
        card: {licence: apache-2.0, description: "For a test."}
        held_out: 0.1
        """;

    private readonly TemporaryFolder folder = new();

    public PretrainCommandTests() => Write(folder);

    /// <summary>What <see cref="Tiny"/> reads.</summary>
    internal static void Write(TemporaryFolder folder)
    {
        folder.File("text.txt", TinyPretraining.Text(40, 12));
        folder.File("rows.csv", "text,label\n" + string.Concat(Enumerable.Range(0, 80).Select(i => $"row {i},{(i % 2 == 0 ? "even" : "odd")}\n")));
    }

    [Fact]
    public void Pretrain_OfAFile_WritesModelCurvesAndJson()
    {
        var config = folder.File("tiny.yaml", Tiny);
        var run = CliRun.Of("pretrain", config, "-o", folder["run"], "--json");
        Assert.Equal((0, ""), (run.Code, run.Code == 0 ? "" : run.Error));
        var json = JsonNode.Parse(run.Out)!;
        Assert.Equal((6, 576), ((int)json["step"]!, (int)json["tokens"]!));
        Assert.Equal(["text", "task", "episodes, new draws", "episodes, held-out families", "prose"], json["curves"]!["evaluations"]![1]!["sets"]!.AsArray().Select(s => (string)s!["set"]!));
        Assert.Contains("step 6/6: loss ", run.Error, StringComparison.Ordinal);
        Assert.Matches(@"tokens/s, \d+% of the peak", run.Error);
        var page = File.ReadAllText(folder[Path.Combine("run", "curves.html")]);
        Assert.Contains(ReportPage.Parse(page).Descendants("h1"), h => h.Value == "tiny <model>");
        Assert.Equal(0, CliRun.Of("models", "verify", folder[Path.Combine("run", "model")]).Code);
        Assert.Contains("license: apache-2.0", File.ReadAllText(folder[Path.Combine("run", "model", "README.md")]), StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_OfAnEvaluation_ShowsCountsIntervalsAndChance()
    {
        using var error = new StringWriter();
        using var interruption = new Interruption(_ => { });
        var set = new HeldOutResult("set", 1.5, 10, [], [new ShotAccuracy(8, 36, 64, 0.375), new ShotAccuracy(16, 2, 2, 0.5)], 0);
        using (var progress = new PretrainProgress(new Shell { In = TextReader.Null, Out = TextWriter.Null, Error = error, Interruption = interruption }, 1, null, _ => { }))
            progress.Evaluated(new EvaluationPoint(3, [set]), new TrainingCurves(5));
        // Wilson with z = 1.96: (0.5625 + 0.0300 ± 1.96·√(0.003845 + 0.000234)) / 1.0600, and 1 / (1 + 3.84/2).
        Assert.Contains("step 3, set: loss 1.500; right by shots 8: 0.563 of 64 [0.44, 0.68] (chance 0.38), 16: 1.000 of 2 [0.34, 1.00] (chance 0.50)", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Pretrain_StoppedBehindAStep_GoesOnWithTheSameCommand()
    {
        var config = folder.File("tiny.yaml", Tiny);
        Assert.Equal(0, CliRun.Of("pretrain", config, "-o", folder["whole"]).Code);
        Assert.Contains("3 of 6 steps", CliRun.Of("pretrain", config, "-o", folder["parts"], "--steps", "3").Out, StringComparison.Ordinal);
        var rest = CliRun.Of("pretrain", config, "-o", folder["parts"]);
        Assert.Contains("going on from step 3 of 6", rest.Error, StringComparison.Ordinal);
        Assert.Equal(Weights("whole"), Weights("parts"));
    }

    [Fact]
    public void Pretrain_Interrupted_KeepsTheStepsAndSaysHowToGoOn()
    {
        var config = folder.File("tiny.yaml", Tiny.Replace("steps: 6", "steps: 100000", StringComparison.Ordinal).Replace("every: 2}", "every: 100000}", StringComparison.Ordinal));
        using var interruption = new Interruption(_ => { });
        using var error = new Watched("going on|steps", interruption.Press);
        var code = Program.Run(["pretrain", config, "-o", folder["run"]], new Shell { In = TextReader.Null, Out = TextWriter.Null, Error = error, Interruption = interruption });
        Assert.Equal(ExitCode.Interrupted, code);
        Assert.Matches("interrupted.*: attune pretrain ", error.ToString());
    }

    [Fact]
    public void Pretrain_KilledSeveralTimes_EndsAsIfUndisturbed()
    {
        var config = folder.File("tiny.yaml", Tiny.Replace("steps: 6", "steps: 40", StringComparison.Ordinal));
        Assert.Equal(0, CliRun.Of("pretrain", config, "-o", folder["whole"]).Code);
        Kill(config, "step-6");
        Kill(config, "step-20");
        Assert.Equal(0, CliRun.Of("pretrain", config, "-o", folder["killed"]).Code);
        Assert.Equal(Weights("whole"), Weights("killed"));
    }

    [Theory]
    [InlineData("steps: 6", "stepps: 6", "line 7: 'stepps' is no key of a training; did you mean 'steps'?")]
    [InlineData("rate: 0.01", "rat: 0.01", "line 8: 'rat' is no key of the optimizer; did you mean 'rate'?")]
    [InlineData("kind: muon", "kind: muom", "line 8: kind: 'muom' is not known; did you mean 'muon'?")]
    [InlineData("hidden_size: 16", "hiden_size: 16", "line 2: 'hiden_size' is no key that the architecture 'llama' reads; did you mean 'hidden_size'?")]
    [InlineData("hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1", "hidden_size: 16, num_layers: 1", "line 2: 'num_layers' is no key that the architecture 'llama' reads")]
    [InlineData("hidden_size: 16, ", "", "line 2: 'model' lacks 'hidden_size'")]
    [InlineData("hidden_size: 16", "hidden_size: many", "line 2: 'model' has a 'hidden_size' that is not a whole number")]
    [InlineData("hidden_size: 16", "hidden_size: 30", "line 2: model.num_attention_heads: 2 heads of hidden_size = 30 have 15 dimensions each, which turn in pairs; possible heads are 1, 3, 5, 15")]
    [InlineData("parts: 2", "parts: 8", "line 4: context is 24 tokens, and a part of a step has 12 (tokens_per_step / parts = 96 / 8), so that no text would be read beyond these; possible parts are 1, 2, 3, 4, or lower context")]
    [InlineData("tokens_per_step: 96", "tokens_per_step: 16", "so that no text would be read beyond these; raise tokens_per_step to 48 or more, or lower context")]
    [InlineData("kind: muon", "kind: adamw, momentum: 0.9", "line 8: momentum: does nothing under adamw; leave it out, or give kind: muon")]
    [InlineData("kind: muon", "kind: adamw, matrix_rate: 2", "line 8: matrix_rate: does nothing under adamw; leave it out, or give kind: muon")]
    [InlineData("warm_up: 2", "warm_up: 2, decay: 0.1", "line 9: decay: does nothing under cosine; leave it out, or give kind: wsd")]
    [InlineData("kind: cosine, warm_up: 2", "kind: constant, least: 0.1", "line 9: least: does nothing under constant; leave it out, or give another kind")]
    [InlineData("tokenizer: {vocabulary: 300, sample: 20_000}", "start: nowhere", "line 3: start: 'nowhere' has no config.json; give the folder of a model that attune pretrain wrote")]
    [InlineData("num_key_value_heads: 1", "num_key_value_head: 1", "line 2: 'num_key_value_head' is no key that the architecture 'llama' reads; did you mean 'num_key_value_heads'?")]
    [InlineData("num_attention_heads: 2", "num_attention_heads: 3", "line 2: model.num_attention_heads: 3 heads do not divide hidden_size = 16; possible heads are 1, 2, 4, 8, 16")]
    [InlineData("num_attention_heads: 2, num_key_value_heads: 1", "num_attention_heads: 8, num_key_value_heads: 3", "line 2: model.num_key_value_heads: 3 heads of keys do not divide num_attention_heads = 8; possible are 1, 2, 4, 8")]
    [InlineData("model_type: llama", "model_type: lama", "known are ")]
    [InlineData("parts: 2", "parts: 5", "tokens_per_step is 96, which 5 parts do not divide; possible parts are 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48")]
    [InlineData("num_hidden_layers: 1", "num_hidden_layers: 1, max_position_embeddings: 16", "context is 24 tokens, and the model's own length is 16")]
    [InlineData("num_hidden_layers: 1", "num_hidden_layers: 1, vocab_size: 280", "model.vocab_size is 280, and the tokenizer has 300 tokens")]
    [InlineData("vocabulary: 300", "vocabulary: 30000", "the sources give a vocabulary of")]
    [InlineData("tokens_per_step: 96", "tokens_per_step: 960000", "the source 'text' has ")]
    [InlineData("steps: 6", "steps: 6\ntokens: 600", "give either steps or tokens, not both")]
    [InlineData("warm_up: 2", "warm_up: 7", "warm_up is 7 steps of 6 in all")]
    [InlineData("te*.txt", "nothing*.txt", "line 15: files: no file is called 'nothing*.txt'")]
    [InlineData("te*.txt", "nothing.txt", "'nothing.txt' does not exist")]
    [InlineData("kind: text, ", "kind: texts, ", "kind: 'texts' is not known; did you mean 'text'? (known are text, task, prose, repeats, episodes)")]
    [InlineData("documents: blank-line", "borders: blank-line", "'borders' is no key of a source of the kind text")]
    [InlineData("max_characters: 80", "families: [nothing-of-the-kind]", "names the family 'nothing-of-the-kind', which is not known")]
    [InlineData("rows: [2, 4]", "rows: [4, 2]", "rows: expected [least, most]")]
    [InlineData("vocabulary: 300, sample: 20_000", "path: there-is-none.json", "the tokenizer 'there-is-none.json' is no tokenizer.json")]
    [InlineData("vocabulary: 300", "path: text.txt", "line 3: path: a tokenizer is either given by its path or learned")]
    public void Pretrain_WrongFile_NamesLineAndKey(string part, string wrong, string expected)
    {
        var config = folder.File("wrong.yaml", Tiny.Replace(part, wrong, StringComparison.Ordinal));
        var run = CliRun.Of("pretrain", config, "-o", folder["run"]);
        Assert.Equal(2, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Fact]
    public void Pretrain_NotUtf8_NamesFileAndByte()
    {
        File.WriteAllBytes(folder["text.txt"], [0x61, 0x62, 0x80]);
        var run = CliRun.Of("pretrain", folder.File("tiny.yaml", Tiny), "-o", folder["run"]);
        Assert.Equal(2, run.Code);
        Assert.Contains("text.txt' is not UTF-8 at byte 2 (0x80)", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Pretrain_ModelLargerThanTheMachine_SaysWhatItTakes()
    {
        var run = CliRun.Of("pretrain", folder.File("large.yaml", Tiny.Replace("hidden_size: 16", "hidden_size: 100000000", StringComparison.Ordinal)), "-o", folder["run"]);
        Assert.Equal(1, run.Code);
        Assert.Matches(@"line 2: 'model' is too large: '.*' \[.*\] alone takes [\d,]+ GiB, over four times that in training, and this machine has .* GiB of memory; choose smaller sizes", run.Error);
    }

    [Fact]
    public void Pretrain_StepsWithoutASource_NamesThemBeforeTheFirst()
    {
        var config = Sources("  - {kind: text, files: text.txt, until: 0.4}\n  - {kind: prose, from: 0.75}\n").Replace("label_weight: 1\n", "", StringComparison.Ordinal);
        var run = CliRun.Of("pretrain", folder.File("gap.yaml", config), "-o", folder["run"]);
        Assert.Equal(2, run.Code);
        Assert.Contains("line 14: sources: no source is read from 40% to 75% of the steps; ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Pretrain_LabelWeightWithoutLabels_IsRefused()
    {
        var run = CliRun.Of("pretrain", folder.File("none.yaml", Sources("  - {kind: text, files: text.txt}\n")), "-o", folder["run"]);
        Assert.Equal(2, run.Code);
        Assert.Contains("line 11: label_weight: does nothing, since no source has labels (the kinds task and episodes do); leave it out", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Pretrain_InBfloat16WhereThereIsNone_IsRefusedBeforeTextsAreRead()
    {
        // Without machine code there are no bfloat16 products, whatever the processor has.
        var config = folder.File("brain.yaml", Tiny.Replace("te*.txt", "nothing*.txt", StringComparison.Ordinal).Replace("average: 0.9", "bfloat16: true", StringComparison.Ordinal));
        using var process = Process.Start(Program("pretrain", config, "-o", folder["run"]))!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(2, process.ExitCode);
        Assert.Contains("line 10: bfloat16: this processor or system has no bfloat16 products", error, StringComparison.Ordinal);
        Assert.Contains("give bfloat16: false", error, StringComparison.Ordinal);

        static ProcessStartInfo Program(params string[] arguments) => new("dotnet", [Path.Combine(AppContext.BaseDirectory, "attune.dll"), .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["ATTUNE_KERNELS"] = "simd" },
        };
    }

    public void Dispose() => folder.Dispose();

    /// <summary>The file with other sources.</summary>
    private static string Sources(string sources)
    {
        var begin = Tiny.IndexOf("  - {kind: text", StringComparison.Ordinal);
        return Tiny[..begin] + sources + Tiny[Tiny.IndexOf("card:", StringComparison.Ordinal)..];
    }

    private byte[] Weights(string run) => File.ReadAllBytes(folder[Path.Combine(run, "model", "model.safetensors")]);

    /// <summary>Starts the program and kills it soon after a checkpoint is there.</summary>
    private void Kill(string config, string checkpoint)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "attune.dll"), "pretrain", config, "-o", folder["killed"], "--quiet" },
        };
        using var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var checkpoints = folder[Path.Combine("killed", "checkpoints")];
        var wanted = int.Parse(checkpoint[5..], System.Globalization.CultureInfo.InvariantCulture);
        while (!process.HasExited && !(Directory.Exists(checkpoints) && Directory.EnumerateDirectories(checkpoints).Any(d => int.TryParse(Path.GetFileName(d).AsSpan(5), out var step) && step >= wanted)))
            Thread.Sleep(1);
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Acts when a line holds a word.</summary>
    private sealed class Watched(string words, Action act) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (words.Split('|').Any(w => value?.Contains(w, StringComparison.Ordinal) == true))
                act();
        }
    }
}
