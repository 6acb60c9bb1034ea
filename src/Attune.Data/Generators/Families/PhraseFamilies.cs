namespace Attune.Data.Generators;

/// <summary>Reads the families of intents.txt, sentiments.txt and styles.txt: sections "== name | kind | summary", with "| held" behind those kept from training.</summary>
internal sealed class PhraseFamilies : IFamilySource
{
    private static readonly string[] Files = ["intents", "sentiments", "styles"];

    public IEnumerable<ITaskFamily> Families
    {
        get
        {
            var families = new List<PhraseFamily>();
            foreach (var line in Files.SelectMany(WordFile.Lines))
            {
                if (line.StartsWith("==", StringComparison.Ordinal))
                {
                    var parts = line[2..].Split('|', StringSplitOptions.TrimEntries);
                    families.Add(new PhraseFamily(parts[0], parts[1], parts[2], parts.Length > 3 && parts[3] == "held"));
                }
                else
                {
                    families[^1].Add(line);
                }
            }

            return families;
        }
    }
}
