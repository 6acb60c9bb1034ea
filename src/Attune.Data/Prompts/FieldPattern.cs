using System.Text;
using Attune.Tensors;

namespace Attune.Data;

/// <summary>A text with {field} in places; "{{" and "}}" stand for braces.</summary>
internal sealed class FieldPattern
{
    private readonly List<(string Text, bool IsField)> parts = [];

    public FieldPattern(string pattern)
    {
        var text = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c is '{' or '}' && i + 1 < pattern.Length && pattern[i + 1] == c)
            {
                text.Append(c);
                i++;
            }
            else if (c == '{')
            {
                var end = pattern.IndexOf('}', i);
                if (end < 0)
                    throw new AttuneException($"The template '{pattern}' opens a brace that is never closed; write '{{{{' for a brace itself.");
                parts.Add((text.ToString(), false));
                parts.Add((pattern[(i + 1)..end].Trim(), true));
                text.Clear();
                i = end;
            }
            else if (c == '}')
            {
                throw new AttuneException($"The template '{pattern}' closes a brace that was not opened; write '}}}}' for a brace itself.");
            }
            else
            {
                text.Append(c);
            }
        }

        parts.Add((text.ToString(), false));
    }

    public IEnumerable<string> Fields => parts.Where(p => p.IsField).Select(p => p.Text);

    public string Render(Func<string, string> value)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
            text.Append(part.IsField ? value(part.Text) : part.Text);
        return text.ToString();
    }
}
