using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Tensors;

namespace Attune.Cli.Settings;

/// <summary>A template as the user wrote it, from a file or in the run file.</summary>
/// <param name="Json">Keys as in task.json's template.</param>
/// <param name="Where">Where it stands, for messages.</param>
internal sealed record TemplateText(JsonObject Json, string Where)
{
    /// <summary>The command line's template file, else the run file's template and verbalizer; null where there is none.</summary>
    public static TemplateText? Find(DataSettings settings, ParseResult parse, RunFile? file)
    {
        if (settings.Template.IsGiven(parse))
            return FromFile(settings.Template.Get(parse)!);
        return file?.Template(FromFile);
    }

    /// <summary>The task's template with what this sets.</summary>
    /// <exception cref="AttuneException">It does not fit the task.</exception>
    public PromptTemplate Apply(TaskSpec task)
    {
        try
        {
            return PromptTemplate.FromJson(JsonSerializer.SerializeToElement(Json), task);
        }
        catch (AttuneException e)
        {
            throw new AttuneException($"{Where}: {e.Message}", e.Kind, e);
        }
    }

    private static TemplateText FromFile(string path) => new(YamlText.ReadObject(path, "template"), path);
}
