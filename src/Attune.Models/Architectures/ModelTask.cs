namespace Attune.Models.Architectures;

/// <summary>What a checkpoint's class computes behind the hidden states.</summary>
internal enum ModelTask
{
    /// <summary>Nothing, or something that has no head here.</summary>
    None,

    /// <summary>Scores over the vocabulary for masked tokens.</summary>
    MaskedTokens,

    /// <summary>Scores of labels for a whole sequence or image.</summary>
    Labels,

    /// <summary>Scores of labels for each token.</summary>
    TokenLabels,

    /// <summary>What pre-training asks: masked tokens in most models, replaced ones in ELECTRA.</summary>
    PreTraining,
}

internal static class ModelTasks
{
    private static readonly (string Ending, ModelTask Task)[] Endings =
    [
        ("ForMaskedLM", ModelTask.MaskedTokens), ("ForPreTraining", ModelTask.PreTraining), ("ForSequenceClassification", ModelTask.Labels),
        ("ForImageClassification", ModelTask.Labels), ("ForTokenClassification", ModelTask.TokenLabels),
    ];

    /// <summary>By the ending of the class's name, "BertForMaskedLM".</summary>
    public static ModelTask Of(string name) => Endings.FirstOrDefault(e => name.EndsWith(e.Ending, StringComparison.Ordinal)).Task;
}
