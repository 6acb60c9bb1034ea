using System.CommandLine;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Models.Generation;
using Attune.Tensors;

namespace Attune.Cli.Commands;

/// <summary>chat [ADAPTATION]: a conversation in the terminal.</summary>
internal sealed class ChatCommand : CliCommand
{
    private const double Temperature = 0.7;

    private readonly Argument<string?> adaptation;
    private readonly ModelSettings models = new();
    private readonly FlagSetting anyModel = BoundAdaptation.AnyModel();
    private readonly Setting<string?> system = new("system", "TEXT", "Instruction before the conversation.", Values.Text, null);
    private readonly Setting<double?> temperature = new("temperature", "T", "0 takes the likeliest token; higher is freer. (default: 0.7)", Values.Number(0, 100), Temperature);
    private readonly Setting<int> topK = new("top-k", "N", "Keep the N likeliest tokens; 0 keeps all. (default: 0)", Values.Whole(0, int.MaxValue, 0), 0);
    private readonly Setting<double?> topP = new("top-p", "P", "Keep the likeliest tokens up to this probability. (default: 0.95)", Values.Number(0.0001, 1), 0.95);
    private readonly Setting<double?> minP = new("min-p", "P", "Drop tokens below this share of the likeliest. (default: 0)", Values.Number(0, 1), 0);
    private readonly Setting<double?> repetition = new("repetition-penalty", "R", "Above 1 makes repeating less likely. (default: 1)", Values.Number(0.01, 100), 1);
    private readonly Setting<int> maxTokens = new("max-tokens", "N", "Tokens of an answer at most. (default: 512)", Values.Whole(1, 1 << 20, 512), 512);

    public ChatCommand()
        : base("chat", "Holds a conversation with a model, or with an adaptation of one, in the terminal.")
    {
        adaptation = Argument("ADAPTATION", "Folder of a fitted adaptation, or one that PEFT has saved; the model as it is where none is given.");
        Add([system, temperature, topK, topP, minP, repetition, maxTokens, anyModel]);
        Add(models.All.Except([models.OnOverflow]));
    }

    public override IReadOnlyList<string> Examples => ["chat --model model.gguf", "chat --model model.gguf --temperature 0 --system \"Answer in one sentence.\""];

    public override int Run(Invocation call)
    {
        var sampling = Sampling(call);
        if (call.Parse.GetValue(adaptation) is { } folder)
        {
            using var bound = BoundAdaptation.Open(folder, models, anyModel, call, BoundAdaptation.NoTask);
            return bound is { Predictor.Sites: not null, Model: not null }
                ? new Conversation(call.Shell, bound.Model, bound.Predictor.Sites, sampling, system.Get(call.Parse)).Run()
                : new LabelConversation(call.Shell, bound).Run();
        }
        using var model = models.LoadModel(call) ?? throw new AttuneException("chat needs a language model; give one with --model PATH (a GGUF file or a Hugging Face folder)");
        return new Conversation(call.Shell, model, null, sampling, system.Get(call.Parse)).Run();
    }

    private SamplingOptions Sampling(Invocation call) => new()
    {
        Temperature = temperature.Get(call.Parse)!.Value,
        TopK = topK.Get(call.Parse),
        TopP = topP.Get(call.Parse)!.Value,
        MinP = minP.Get(call.Parse)!.Value,
        RepetitionPenalty = repetition.Get(call.Parse)!.Value,
        MaxTokens = maxTokens.Get(call.Parse),
        Seed = call.Seed,
    };
}
