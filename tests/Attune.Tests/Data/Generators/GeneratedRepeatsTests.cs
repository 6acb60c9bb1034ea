using Attune.Data.Generators;
using Attune.Tensors;

namespace Attune.Tests.Data.Generators;

public sealed class GeneratedRepeatsTests
{
    [Fact]
    public void Draw_ManySeeds_SaysEverythingTwiceWithinTheLimit()
    {
        var repeated = 0;
        for (ulong seed = 0; seed < 300; seed++)
        {
            var text = GeneratedRepeats.Draw(new SeededRandom(seed), 900);
            Assert.InRange(text.Length, 5, 902); // and a separator
            Assert.Equal(text, GeneratedRepeats.Draw(new SeededRandom(seed), 900));
            var words = text.Split([' ', ',', ';', '/', '|', '\n', ':', '=', '.'], StringSplitOptions.RemoveEmptyEntries);
            repeated += words.CountBy(w => w, StringComparer.Ordinal).Count(w => w.Value > 1) * 10 >= words.Distinct(StringComparer.Ordinal).Count() * 9 ? 1 : 0;
        }
        // The limit cuts some before their pairs have come twice.
        Assert.True(repeated > 270, $"in {repeated} of 300 texts nearly all words come again");
    }

    [Fact]
    public void Draw_Pairs_KeepTheirSecondWords()
    {
        var seen = 0;
        for (ulong seed = 0; seed < 200; seed++)
        {
            var text = GeneratedRepeats.Draw(new SeededRandom(seed));
            if (!text.Contains(" -> ", StringComparison.Ordinal))
                continue;
            seen++;
            var pairs = text.Split(["; ", ", ", "\n\n", "\n"], StringSplitOptions.None).Select(p => p.Split(" -> "));
            Assert.All(pairs.GroupBy(p => p[0], StringComparer.Ordinal).Where(g => g.Select(p => p[1]).Distinct(StringComparer.Ordinal).Count() > 1),
                g => Assert.Fail($"seed {seed}: '{g.Key}' has several values"));
        }
        Assert.True(seen > 5);
    }
}
