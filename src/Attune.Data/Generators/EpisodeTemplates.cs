using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>The templates of episodes: Attune's own for rows with one field, and others as people write them.</summary>
internal static class EpisodeTemplates
{
    private static readonly string[] Inputs =
    [
        "Text: {text}\nLabel:", "Sentence: {text}\nLabel:", "Review: {text}\nSentiment:", "Input: {text}\nOutput:", "Message: {text}\nIntent:", "Q: {text}\nA:",
        "Question: {text}\nAnswer:", "{text} =>", "{text} ->", "{text}\nLabel:", "{text}\nClass:", "Text: {text}\nCategory:", "Text: {text}\nClass:", "Text: {text}\nTopic:",
        "Text: {text}\nType:", "Sentence: {text}\nAnswer:", "Utterance: {text}\nIntent:", "Document: {text}\nTopic:", "Example: {text}\nLabel:", "\"{text}\" is",
        "{text} |", "text: {text}\nlabel:", "Input: {text} Output:", "Item: {text}\nGroup:", "{text}\n", "Title: {text}\nLabel:", "Query: {text}\nLabel:",
    ];

    private static readonly string[] Instructions =
    [
        "Classify the text.", "Classify the text as one of: {labels}.", "Choose the label of each text: {labels}.", "Labels: {labels}.", "Which of {labels} is it?",
        "Give each text a label.", "The answer is one of: {labels}.", "Sort the examples into {labels}.", "Say which class each example belongs to.", "Options: {labels}",
        "Classify each message as {labels}.", "Decide which label fits: {labels}.",
    ];

    private static readonly string[] Separators = ["\n\n", "\n\n", "\n\n", "\n", "\n", "\n---\n", "\n\n\n"];

    /// <summary>A template for these label words.</summary>
    public static PromptTemplate Draw(SeededRandom random, IReadOnlyList<string> labels, double defaultShare)
    {
        if (random.Chance(defaultShare))
            return DefaultTemplates.For(TaskKind.Classification, "", ["text"], labels);
        var instructed = random.Chance(0.5);
        return new PromptTemplate
        {
            Instruction = instructed ? random.Pick(Instructions).Replace("{labels}", Listed(random, labels), StringComparison.Ordinal) : "",
            UseInstruction = instructed,
            InputTemplate = random.Pick(Inputs),
            InstructionSeparator = random.Chance(0.7) ? "\n\n" : "\n",
            DemonstrationSeparator = random.Pick(Separators),
        };
    }

    private static string Listed(SeededRandom random, IReadOnlyList<string> labels) =>
        random.Chance(0.6) ? string.Join(", ", labels) : string.Join(", ", labels.Take(labels.Count - 1)) + " or " + labels[^1];
}
