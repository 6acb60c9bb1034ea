using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Models.Hub;
using Attune.Models.Loading;
using Attune.Tensors;

namespace Attune.Cli.Commands;

/// <summary>models pull OWNER/NAME: brings a model from a hub into the folder of models. The only command that uses the net.</summary>
internal sealed class ModelsPullCommand : CliCommand
{
    private readonly Argument<string> repository;
    private readonly Setting<IReadOnlyList<string>?> files = new("file", "PATTERNS", "Files to fetch, with * and ?, and commas between them. (default: what a model needs)", Values.List, null);
    private readonly Setting<string?> endpoint = new("endpoint", "URL", "The hub. (default: HF_ENDPOINT, else https://huggingface.co)", Values.Text, null);
    private readonly Setting<string?> cache = new("cache", "DIR", "Folder of models to write into. (default: the first of ATTUNE_MODELS, else ~/.cache/attune)", Values.Text, null);
    private readonly FlagSetting offline = new("offline", "Use no net: refuse to pull.");

    public ModelsPullCommand()
        : base("pull", "Fetches a model from a hub; goes on where an earlier try stopped, and checks hashes.")
    {
        repository = Required("REPOSITORY", "OWNER/NAME, or OWNER/NAME@revision.");
        Add([files, endpoint, cache, offline]);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "models pull HuggingFaceTB/SmolLM2-135M-Instruct",
        "models pull bartowski/SmolLM2-135M-Instruct-GGUF --file \"*Q4_K_M.gguf\"",
    ];

    public override int Run(Invocation call)
    {
        var reference = HubReference.Parse(call.Parse.GetValue(repository)!);
        if (offline.Get(call.Parse) || Environment.GetEnvironmentVariable("HF_HUB_OFFLINE") is "1" or "true")
            throw new AttuneException($"{reference} was not pulled: {(offline.Get(call.Parse) ? "--offline" : "HF_HUB_OFFLINE")} forbids the net; leave it out, or put the files under {ModelLocator.Folders()[0]} yourself");
        using var progress = new PullProgress(call.Shell);
        var options = new HubOptions
        {
            Endpoint = Endpoint(call.Parse),
            Token = Environment.GetEnvironmentVariable("HF_TOKEN") is { Length: > 0 } token ? token.Trim() : null,
            Cache = cache.Get(call.Parse) ?? ModelLocator.Folders()[0],
            Patterns = files.Get(call.Parse),
            Progress = progress.Show,
            Note = call.Shell.Note,
        };
        var pull = HubPuller.Pull(reference, options, call.Shell.Cancellation).GetAwaiter().GetResult();
        progress.Dispose();
        Report(reference, pull, call.Shell);
        return ExitCode.Done;
    }

    private Uri Endpoint(ParseResult parse)
    {
        var given = endpoint.Get(parse);
        var text = given ?? Environment.GetEnvironmentVariable("HF_ENDPOINT");
        if (string.IsNullOrEmpty(text))
            return HubOptions.PublicHub;
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new AttuneException($"{(given is null ? "HF_ENDPOINT" : "--endpoint")} is '{text}'; expected an address such as {HubOptions.PublicHub}");
    }

    private static void Report(HubReference reference, HubPull pull, Shell shell)
    {
        if (shell.Json)
        {
            shell.WriteJson(new JsonObject
            {
                ["name"] = reference.Folder, ["path"] = pull.Folder, ["commit"] = pull.Commit,
                ["files"] = new JsonArray([.. pull.Files.Select(f => (JsonNode)new JsonObject
                {
                    ["file"] = f.Path, ["bytes"] = f.Bytes, ["hash"] = f.Digest?.Hex, ["already_there"] = f.WasThere,
                })]),
            });
            return;
        }
        if (pull.Files.Where(f => f.Digest is null).ToList() is { Count: > 0 } unchecked_)
            shell.Warn(string.Create(CultureInfo.InvariantCulture, $"the hub names no hash for {unchecked_.Count} of {pull.Files.Count} files ({unchecked_[0].Path}), so only their length could be checked"));
        var there = pull.Files.Count(f => f.WasThere);
        shell.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{reference}: {pull.Files.Count} files, {Amounts.Bytes(pull.Files.Sum(f => f.Bytes))} in {Visible.Line(pull.Folder)}{(there > 0 ? $"; {there} of them were there already" : "")}"));
        shell.Note($"Use it: attune models info {reference.Folder}, or --model {reference.Folder}");
    }
}
