using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Methods;
using Spectre.Console;

namespace Attune.Cli.Commands;

/// <summary>methods [NAME]: the catalog by site, or all about one method.</summary>
internal sealed class MethodsCommand : CliCommand
{
    private readonly Argument<string?> name;

    public MethodsCommand()
        : base("methods", "Lists the methods by what they change in a model, or shows one with its options.") =>
        name = Argument("NAME", "A method; all where none is given.");

    public override IReadOnlyList<string> Examples => ["methods", "methods zero-shot"];

    public override int Run(Invocation call)
    {
        var one = call.Parse.GetValue(name) is { } wanted ? MethodSettings.Find(wanted) : null;
        if (call.Shell.Json)
            call.Shell.WriteJson(one is null ? new JsonArray([.. Catalog.All.Select(m => (JsonNode)ToJson(m))]) : ToJson(one));
        else if (one is null)
            WriteAll(call.Shell);
        else
            WriteOne(one, call.Shell);
        return ExitCode.Done;
    }

    private static void WriteAll(Shell shell)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("site", "method", "needs", "what it does");
        foreach (var method in Catalog.All)
        {
            var card = method.Card;
            table.AddRow(Kebab(card.Site), $"[bold]{Visible.Markup(card.Name)}[/]", Needs(card), Visible.Markup(card.Summary));
        }
        shell.OutConsole().Write(table);
        shell.Note("'attune methods NAME' shows a method's paper, cost and options.");
    }

    private static void WriteOne(IMethod method, Shell shell)
    {
        var card = method.Card;
        var console = shell.OutConsole();
        console.MarkupLine($"[bold]{Visible.Markup(card.Name)}[/]  {Visible.Markup(card.Summary)}");
        var facts = new Grid().AddColumns(2);
        facts.AddRow("paper", Visible.Markup(card.Paper)).AddRow("site", Kebab(card.Site)).AddRow("needs", Needs(card))
            .AddRow("tasks", string.Join(", ", card.Tasks.Select(Data.TaskKindNames.Name)))
            .AddRow("cost", Visible.Markup(card.Cost));
        console.Write(facts);
        var options = Catalog.Options(method);
        if (options.Count == 0)
        {
            console.WriteLine("It has no options.");
            return;
        }
        var table = new Table().Border(TableBorder.Simple).AddColumns("option", "type", "default", "meaning");
        foreach (var option in options)
            table.AddRow(Visible.Markup(option.Name), Visible.Markup(option.Type), Visible.Markup(option.Default), Visible.Markup(option.Meaning));
        console.Write(table);
        shell.Note($"Set one with --set {card.Name}.{options[0].Name}=VALUE, or in the run file.");
    }

    private static string Needs(MethodCard card)
    {
        var needs = new List<string>();
        if (card.View is ModelView.Text or ModelView.Transformer)
            needs.Add("model");
        if (card.View == ModelView.Encoder)
            needs.Add("encoder");
        else if (card.UsesEncoder)
            needs.Add("encoder if given");
        if (card.LeastRows > 0)
            needs.Add("labelled rows");
        return needs.Count == 0 ? "nothing" : string.Join(", ", needs);
    }

    private static JsonObject ToJson(IMethod method)
    {
        var card = method.Card;
        return new JsonObject
        {
            ["name"] = card.Name,
            ["summary"] = card.Summary,
            ["paper"] = card.Paper,
            ["site"] = Kebab(card.Site),
            ["view"] = Kebab(card.View),
            ["uses_encoder"] = card.UsesEncoder || card.View == ModelView.Encoder,
            ["tasks"] = JsonText.Array(card.Tasks.Select(Data.TaskKindNames.Name)),
            ["least_rows"] = card.LeastRows,
            ["uses_rows"] = card.UsesRows,
            ["cost"] = card.Cost,
            ["options"] = new JsonArray([.. Catalog.Options(method).Select(o => (JsonNode)new JsonObject
            {
                ["name"] = o.Name, ["type"] = o.Type, ["default"] = o.Default, ["meaning"] = o.Meaning,
            })]),
        };
    }

    private static string Kebab(Enum value) => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
