using Attune.Tensors;

namespace Attune.Models.ChatTemplates;

/// <summary>A chat template that cannot be read or that failed on these messages.</summary>
public sealed class ChatTemplateException(string message, bool raised = false, Exception? inner = null)
    : AttuneException(message, AttuneErrorKind.Request, inner)
{
    /// <summary>The template itself refused the messages by raise_exception; the message is the template's.</summary>
    public bool Raised { get; } = raised;
}
