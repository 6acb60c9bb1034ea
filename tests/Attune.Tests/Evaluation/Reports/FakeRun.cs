using System.Globalization;
using Attune.Data;
using Attune.Evaluation.Comparison;
using Attune.Evaluation.Metrics;
using Attune.Evaluation.Reports;
using Attune.Tensors;

namespace Attune.Tests.Evaluation.Reports;

/// <summary>
/// A run that looks like a real one: nine methods, zero-shot ones at 0 and the others at 4 and 16 shots, three seeds, 200 rows each.
/// A method's skill decides how often it is right; intervals are normal approximations, which is enough to be shown.
/// </summary>
internal sealed class FakeRun(IReadOnlyList<string> labels, TaskKind kind = TaskKind.Classification, string objective = "accuracy", int rows = 200, bool texts = true)
{
    private static readonly (string Name, double Skill, double Growth, double Ms, double Flops, int Tokens, long Trained)[] Methods =
    [
        ("majority", 0, 0, 0, 0, 0, 0), ("zero-shot", 0.42, 0, 21, 9.1e9, 34, 0), ("icl-random", 0.35, 0.25, 48, 2.4e10, 410, 0),
        ("icl-knn", 0.45, 0.25, 160, 9.8e10, 320, 0), ("icl-calibrated", 0.5, 0.22, 52, 2.5e10, 410, 0), ("icv", 0.4, 0.12, 23, 9.2e9, 34, 17280),
        ("lora", 0.3, 0.5, 24, 9.3e9, 34, 1_229_760), ("linear-probe", 0.4, 0.3, 2.1, 7.4e8, 28, 770), ("setfit", 0.5, 0.3, 2.2, 7.4e8, 28, 22_713_986),
    ];

    private readonly SeededRandom random = new(2024);
    private readonly List<CellResult> cells = [];
    private readonly Dictionary<string, IReadOnlyList<RowPrediction>> predictions = [];

    public static RunResults Sentiment() => new FakeRun(["negative", "positive"]).Build();

    public static RunResults Intents() => new FakeRun(Enumerable.Range(0, 150).Select(i => $"intent_{i:000}_{(i % 3 == 0 ? "transfer money" : "book")}").ToList()).Build();

    public static RunResults Choices() => new FakeRun([], TaskKind.MultipleChoice).Build();

    public RunResults Build()
    {
        foreach (var method in Methods)
        {
            foreach (var shots in Shots(method.Growth, method.Skill))
            {
                for (var seed = 0; seed < 3; seed++)
                    Add(method.Name, shots, seed, method.Skill + (method.Growth * (shots == 16 ? 1 : 0.4)), method.Ms, method.Flops, method.Tokens, method.Trained);
            }
        }
        return new RunResults(Summarise(), Task(), DataReport(), cells, predictions, """{"methods": ["all"], "shots": ["0", "4", "16"], "seeds": 3, "test": 200, "precision": "exact"}""");
    }

    private static int[] Shots(double growth, double skill) => growth == 0 && (skill == 0 || skill > 0) ? [0] : [4, 16];

    private void Add(string method, int shots, int seed, double skill, double ms, double flops, int tokens, long trained)
    {
        var text = shots.ToString(CultureInfo.InvariantCulture);
        var rowList = new List<RowPrediction>();
        for (var i = 0; i < rows; i++)
            rowList.Add(Predict(method, i, seed, skill, tokens));
        predictions[RunResults.Key(method, text, seed)] = rowList;
        var confidence = rowList.Select(r => r.Probabilities.Max()).ToArray();
        var right = rowList.Select(r => r.Label == r.Gold).ToArray();
        cells.Add(new CellResult
        {
            Method = method, Shots = text, Seed = seed, Status = CellStatus.Done, Rows = rows, LabelledRows = shots * Math.Max(2, labels.Count),
            Metrics = new Dictionary<string, double>
            {
                ["accuracy"] = right.Count(r => r) / (double)rows, ["ece"] = Calibration.ExpectedError(confidence, right),
                ["nll"] = rowList.Average(r => -Math.Log(Math.Max(1e-4, r.Probabilities[Index(r.Labels ?? labels, r.Gold)]))),
            },
            FitSeconds = trained > 1000 ? 14.2 + random.NextDouble() : 0.02, QueryMilliseconds = ms, PromptTokens = tokens * (shots == 16 ? 1 : 0.4), QueryFlops = flops,
            TrainedParameters = trained, Bytes = trained * 4, PeakMemoryBytes = 312_000_000, Kernels = "simd-512", Processor = "AMD EPYC 9R14", Version = "0.1.0", Precision = "exact",
            Notes = method == "lora" ? ["stopped early at step 120 of 200: held-out loss had not fallen for 3 checks"] : [], Ended = "2025-11-21T11:08:00Z",
        });
    }

    private RowPrediction Predict(string method, int row, int seed, double skill, int tokens)
    {
        var own = kind == TaskKind.MultipleChoice ? Enumerable.Range(0, 4).Select(k => $"answer {row}-{k} of the river") .ToList() : null;
        var names = own ?? labels;
        var gold = names[(int)(new SeededRandom((ulong)((seed * 1000) + row)).Next(names.Count))];
        var chance = 1.0 / names.Count;
        var right = random.NextDouble() < chance + (skill * (1 - chance));
        var label = method == "majority" ? names[0] : right ? gold : names[(Index(names, gold) + 1 + random.Next(Math.Min(3, names.Count - 1))) % names.Count];
        var sure = chance + ((1 - chance) * Math.Clamp((right ? 0.55 : 0.35) + (0.35 * random.NextDouble()) + (method == "lora" ? 0.15 : 0), 0, 0.97));
        var probabilities = names.Select(n => n == label ? sure : (1 - sure) / (names.Count - 1)).ToArray();
        var text = $"row {row} of seed {seed}: the film has a kind of quiet charm that grows on you, although its last third drags and nobody would call it short";
        var prompt = row < 2 && tokens > 0 && method is not ("linear-probe" or "setfit")
            ? string.Concat(Enumerable.Repeat("Review: a stirring, funny film\nSentiment: positive\n\n", tokens > 100 ? 16 : 0)) + $"Review: {text}\nSentiment:"
            : null;
        return new RowPrediction($"test:{row}", gold, label, probabilities, own, tokens, "", texts ? text : null, texts ? prompt : null);
    }

    private static int Index(IReadOnlyList<string> names, string name) => names.ToList().IndexOf(name);

    private Summary Summarise()
    {
        var format = ScoreFormat.Of(objective);
        var groups = cells.GroupBy(c => (c.Method, c.Shots)).ToList();
        var baseline = groups.First(g => g.Key.Method == "zero-shot").Average(c => c.Metrics[objective]);
        var summed = groups.Select(g => Row(g.ToList(), baseline)).OrderBy(r => format.HigherIsBetter ? -r.Mean : r.Mean).ToList();
        var best = summed[0];
        var marked = summed.Select(r => r with { Winner = r == best, Best = Math.Abs(r.Mean - best.Mean) < 0.07 }).ToList();
        var cheapest = marked.Where(r => r.Best).MinBy(r => r.QueryMs);
        return new Summary
        {
            Task = "sst2", Model = "smollm2-135m-instruct.Q4_1.gguf", Encoder = "minilm-l6-v2", Precision = "exact", Objective = objective, Baseline = "zero-shot",
            Rows = marked.Select(r => r with { Cheapest = r == cheapest }).ToList(), Winner = best.Method, WinnerShots = best.Shots, WinnerHeldOut = best.Mean - 0.011, WinnerFull = best.Mean,
            LeftOut = [new CellResult { Method = "lora", Shots = "0", Seed = 0, Status = CellStatus.NotApplicable, Message = "lora needs labelled rows; this budget has none" },
                new CellResult { Method = "icl-knn", Shots = "64", Seed = 1, Status = CellStatus.Failed, Message = "the prompt has 9,120 tokens and the context 8,192; use fewer shots or --on-overflow drop-shots" }],
            Warnings = ["Two cells were computed by another kernel tier (simd-256) than the rest."], Seconds = 734, DataHash = "sha256:9f2c61b7d0e4", ModelHash = "sha256:51aa04be77c1", EncoderHash = "sha256:c0ffee12ab90",
            Identity = "b3d1f0a9c2", Version = "0.1.0", Processor = "AMD EPYC 9R14", Threads = 2,
        };
    }

    private SummaryRow Row(List<CellResult> seeds, double baseline)
    {
        var mean = seeds.Average(c => c.Metrics[objective]);
        var half = objective == "nll" ? 0.05 : 1.96 * Math.Sqrt(Math.Max(0.01, mean * (1 - mean)) / (rows * 1.4));
        var isBaseline = seeds[0].Method == "zero-shot";
        var first = seeds[0];
        return new SummaryRow
        {
            Method = first.Method, Shots = first.Shots, Metric = objective, Mean = mean, Low = mean - half, High = mean + half,
            Difference = isBaseline ? null : mean - baseline, DifferenceLow = isBaseline ? null : mean - baseline - half, DifferenceHigh = isBaseline ? null : mean - baseline + half,
            P = isBaseline ? null : Math.Min(1, Math.Exp(-Math.Pow((mean - baseline) / half * 1.96, 2) / 2)), Ece = seeds.Average(c => c.Metrics["ece"]), FitSeconds = seeds.Average(c => c.FitSeconds),
            QueryMs = first.QueryMilliseconds * (first.Shots == "16" ? 1 : 0.6), PromptTokens = first.PromptTokens, QueryFlops = first.QueryFlops * (first.Shots == "16" ? 1 : 0.6), TrainedParameters = first.TrainedParameters, Bytes = first.Bytes,
            PeakMemoryBytes = first.PeakMemoryBytes, Kernels = first.Kernels, Rows = rows, Seeds = seeds.Count, Shortened = first.Method == "icl-knn" ? 3 : 0,
        };
    }

    private TaskSpec Task() => new()
    {
        Name = "sst2", Kind = kind, Labels = labels, Fields = ["text"], Source = "https://nlp.stanford.edu/sentiment", Licence = "unknown",
        Instruction = "Classify the sentiment of the movie review.", Template = new PromptTemplate { InputTemplate = "Review: {text}\nSentiment:" },
    };

    private DataReport DataReport() => new()
    {
        Name = "sst2", Kind = kind, Files = [new FileSummary("train", "train.jsonl", 6920, 1), new FileSummary("test", "test.jsonl", 1821, 0)],
        Columns = [new ColumnSummary("text", "input"), new ColumnSummary("label", "label")], Labels = labels.Select((l, i) => new LabelCount(l, 3000 + (i % 7), 900)).ToList(),
        Characters = new LengthSummary(3, 98, 210, 267), Tokens = new LengthSummary(2, 22, 48, 66), Duplicates = 8, ContradictoryDuplicates = 0, TestRowsInTraining = 2,
        SkippedRows = ["train.jsonl, line 17: label 'a secret row text', which the task does not list"],
        Warnings = [new WarningMessage("1 bad row was left out; the first: train.jsonl, line 17: label 'a secret row text', which the task does not list", "Mend them, or leave it so.")],
    };
}
