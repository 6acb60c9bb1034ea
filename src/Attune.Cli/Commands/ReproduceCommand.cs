using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Models.Files;
using Attune.Reproductions;
using Attune.Tensors;

namespace Attune.Cli.Commands;

/// <summary>reproduce ID|list|all: what a paper claims, run here at a stated scale, and whether it held.</summary>
internal sealed class ReproduceCommand : CliCommand
{
    private const string List = "list", All = "all";

    private readonly IReadOnlyList<IReproduction> reproductions;
    private readonly Argument<string?> id;
    private readonly Setting<RunScale> scale = new("scale", "smoke|small|full", "smoke: seconds, shows that it runs; small: minutes; full: what the claims need. (default: small)", Values.OneOf(("smoke", RunScale.Smoke), ("small", RunScale.Small), ("full", RunScale.Full)), RunScale.Small);
    private readonly Setting<int?> seeds = new("seeds", "N", "Runs with seeds of their own, from --seed on. (default: 3 or more, by the reproduction; 1 at smoke scale)", Values.Whole(1, 1000), null);
    private readonly Setting<string?> data = new("data", "DIR", "Folder that holds data sets by name. (default: ATTUNE_DATA)", Values.Text, null);
    private readonly Setting<string?> output = new("out", "DIR", "Folder of result.json and page.html. (default: runs/reproduce/ID-SCALE)", Values.Text, null, "-o");
    private readonly Setting<string?> keep = new("keep", "DIR", "Keep the result there too, as ID.json and ID.html (ID-full at full scale), in the table of its README.md.", Values.Text, null);

    public ReproduceCommand() : this(ReproductionCatalog.All)
    {
    }

    public ReproduceCommand(IReadOnlyList<IReproduction> reproductions)
        : base("reproduce", "Runs a paper's experiment and says of each of its claims whether it held.")
    {
        this.reproductions = reproductions;
        id = Argument("ID", "A reproduction (S187), or list, or all.");
        Add([scale, seeds, data, output, keep]);
    }

    public override IReadOnlyList<string> Examples => ["reproduce list", "reproduce S187", "reproduce all --scale smoke"];

    public override int Run(Invocation call)
    {
        var wanted = call.Parse.GetValue(id) ?? throw new AttuneException($"reproduce needs {List}, {All} or one of {Names()}");
        if (wanted == List)
            return WriteList(call.Shell);
        if (keep.Get(call.Parse) is not null)
            KeptResults.Require(scale.Get(call.Parse));
        var chosen = wanted == All ? reproductions : [Find(wanted)];
        if (chosen.Count > 1)
            call.Shell.Note(string.Create(CultureInfo.InvariantCulture, $"{chosen.Count} reproductions at {VerdictText.Of(scale.Get(call.Parse))} scale: about {chosen.Sum(r => r.Card.Minutes.At(scale.Get(call.Parse))):0.#} minutes on two cores"));
        var results = new JsonArray();
        var failures = new List<AttuneException>();
        foreach (var reproduction in chosen)
        {
            if (RunOne(reproduction, call, alone: wanted != All, failures) is not { } result)
                continue;
            if (call.Shell.Json)
                results.Add(ResultJson.Of(result));
        }
        if (call.Shell.Json)
            call.Shell.WriteJson(wanted == All ? results : results.Count == 0 ? null : results[0]);
        if (failures.Count == 0)
            return ExitCode.Done;
        foreach (var failure in failures.Skip(1))
            call.Shell.Error.WriteLine("error: " + Visible.Lines(failure.Message));
        throw failures[0];
    }

    private ReproductionResult? RunOne(IReproduction reproduction, Invocation call, bool alone, List<AttuneException> failures)
    {
        var card = reproduction.Card;
        ReproductionResult result;
        using (var progress = new FitProgress(call.Shell, card.Id))
        {
            try
            {
                result = ReproductionRunner.Run(reproduction, Request(call) with { OnProgress = progress.Show }, call.Shell.Cancellation);
            }
            catch (AttuneException e) when (!alone)
            {
                failures.Add(new AttuneException($"{card.Id}: {e.Message}", e.Kind, e));
                return null;
            }
        }
        var folder = Folder(call, card.Id, alone);
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, "result.json"), ResultJson.Write(result));
        AtomicFile.Write(Path.Combine(folder, "page.html"), ResultPage.Render(result));
        if (result.Checks.FirstOrDefault(c => !c.Holds) is { } broken)
            failures.Add(new AttuneException($"{card.Id}: the check '{broken.Name}' failed, with an error of {NumberText.Of(broken.Error)} above its bound {NumberText.Of(broken.Bound)}; nothing that this run says can be trusted", AttuneErrorKind.Work));
        else if (keep.Get(call.Parse) is { } kept)
            KeptResults.Keep(result, kept);
        if (!call.Shell.Json)
            ReproductionText.Write(result, folder, call.Shell);
        return result;
    }

    private RunRequest Request(Invocation call)
    {
        var request = new RunRequest { Scale = scale.Get(call.Parse), Seeds = seeds.Get(call.Parse), FirstSeed = call.Seed };
        if (data.Get(call.Parse) is not { } folder)
            return request;
        return Directory.Exists(folder) ? request with { DataFolders = [folder] }
            : throw new AttuneException($"{data.Flag}: there is no folder '{folder}'; give the one that holds a folder for each data set");
    }

    private string Folder(Invocation call, string name, bool alone)
    {
        var ran = string.Create(CultureInfo.InvariantCulture, $"{name}-{VerdictText.Of(scale.Get(call.Parse))}");
        return output.Get(call.Parse) is not { } given ? Path.Combine("runs", "reproduce", ran) : alone ? given : Path.Combine(given, ran);
    }

    private IReproduction Find(string wanted) =>
        reproductions.FirstOrDefault(r => string.Equals(r.Card.Id, wanted, StringComparison.OrdinalIgnoreCase))
        ?? throw new AttuneException($"there is no reproduction '{wanted}'{Nearest.Hint(wanted, reproductions.Select(r => r.Card.Id).Append(List).Append(All))} (there are {Names()}; 'attune reproduce list' says more)");

    private string Names() => string.Join(", ", reproductions.Select(r => r.Card.Id));

    private int WriteList(Shell shell)
    {
        if (shell.Json)
            shell.WriteJson(new JsonArray([.. reproductions.Select(r => (JsonNode)ToJson(r.Card))]));
        else
            ReproductionText.WriteList(reproductions, shell);
        return ExitCode.Done;
    }

    private static JsonObject ToJson(ReproductionCard card) => new()
    {
        ["id"] = card.Id,
        ["title"] = card.Title,
        ["paper"] = card.Paper,
        ["done_when"] = card.DoneWhen,
        ["setting"] = card.Setting,
        ["claims"] = new JsonArray([.. card.Claims.Select(c => (JsonNode)new JsonObject { ["key"] = c.Key, ["sentence"] = c.Sentence, ["threshold"] = c.Threshold })]),
        ["minutes"] = new JsonObject { ["smoke"] = card.Minutes.Smoke, ["small"] = card.Minutes.Small, ["full"] = card.Minutes.Full },
        ["needs"] = JsonText.Array(card.Needs),
    };
}
