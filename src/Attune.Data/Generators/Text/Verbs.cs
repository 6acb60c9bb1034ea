namespace Attune.Data.Generators;

/// <summary>Forms of English verbs; a phrase changes its first word.</summary>
internal static class Verbs
{
    private static readonly Dictionary<string, string> PastForms = Table(
        "beat beat bend bent bite bit bleed bled blow blew break broke breathe breathed bring brought build built burn burned buy bought catch caught "
        + "choose chose come came cut cut deal dealt dig dug dive dived do did draw drew dream dreamed drive drove eat ate fall fell feed fed find found "
        + "fly flew forget forgot freeze froze get got give gave go went grind ground grow grew hang hung hide hid hit hit hold held keep kept kneel knelt lay laid "
        + "lead led leap leapt learn learned leave left lend lent let let light lit lose lost make made meet met pay paid put put quit quit read read "
        + "ride rode ring rang rise rose row rowed run ran saw sawed say said see saw sell sold send sent set set sew sewed shear sheared shoot shot "
        + "show showed shut shut sing sang sink sank sit sat sleep slept slide slid sow sowed spend spent spin spun stand stood steal stole sting stung "
        + "strike struck string strung swear swore sweep swept swim swam swing swung take took teach taught tell told text texted think thought throw threw "
        + "unwind unwound wake woke wear wore win won wind wound write wrote overcome overcame overtake overtook burst burst cast cast fight fought speak spoke split split tread trod withdraw withdrew shoe shod");

    private static readonly HashSet<string> Doubled = new(StringComparer.Ordinal)
    {
        "beg", "chat", "chop", "clap", "crop", "cut", "dig", "dip", "drip", "drop", "dub", "fit", "flap", "grab", "grip", "hit", "hop", "hug", "hum", "jog", "kid",
        "knit", "lag", "let", "log", "map", "mop", "nap", "pat", "peg", "pin", "plan", "plot", "plug", "prop", "put", "quit", "ram", "refer", "rid", "rip",
        "rub", "run", "scan", "scrub", "set", "shop", "shred", "shun", "shut", "sip", "sit", "skim", "skip", "slip", "slot", "snap", "spin", "split", "spot", "step",
        "stir", "stop", "strap", "strip", "swap", "swat", "swim", "tap", "throb", "tip", "top", "travel", "trim", "trip", "unplug", "wag", "win", "wrap", "zip", "ban",
        "unzip", "forget", "commit", "admit", "quiz", "shovel", "spar", "unwrap", "control", "distil", "hem", "gut", "whip", "chip", "patrol", "pedal", "program", "transfer", "label", "dial",
    };

    /// <summary>"knead the dough" → "kneaded the dough".</summary>
    public static string Past(string phrase) => Change(phrase, verb => PastForms.TryGetValue(verb, out var past) ? past : Regular(verb));

    /// <summary>"knead the dough" → "kneading the dough".</summary>
    public static string Ing(string phrase) => Change(phrase, verb => verb switch
    {
        "lie" or "die" or "tie" => verb[..^2] + "ying",
        _ when IsDoubled(verb) => verb + verb[^1] + "ing",
        _ when verb.EndsWith('e') && verb.Length > 2 && verb[^2] is not ('e' or 'y' or 'o') => verb[..^1] + "ing",
        _ => verb + "ing",
    });

    /// <summary>"knead the dough" → "kneads the dough".</summary>
    public static string Third(string phrase) => Change(phrase, verb => verb switch
    {
        "go" or "do" => verb + "es",
        "be" => "is",
        "have" => "has",
        _ when EndsInConsonantY(verb) => verb[..^1] + "ies",
        _ when verb.EndsWith('s') || verb.EndsWith('x') || verb.EndsWith('z') || verb.EndsWith("ch", StringComparison.Ordinal) || verb.EndsWith("sh", StringComparison.Ordinal)
            => verb + "es",
        _ => verb + "s",
    });

    private static string Regular(string verb) =>
        verb.EndsWith('e') ? verb + "d" : EndsInConsonantY(verb) ? verb[..^1] + "ied" : IsDoubled(verb) ? verb + verb[^1] + "ed" : verb + "ed";

    private static bool IsDoubled(string verb) => Doubled.Contains(verb);

    private static bool EndsInConsonantY(string verb) => verb.EndsWith('y') && verb.Length > 1 && !"aeiou".Contains(verb[^2], StringComparison.Ordinal);

    /// <summary>A first part with a hyphen, as in "blow-dry", changes behind it.</summary>
    private static string Change(string phrase, Func<string, string> change)
    {
        var end = phrase.IndexOf(' ', StringComparison.Ordinal);
        var verb = end < 0 ? phrase : phrase[..end];
        var hyphen = verb.LastIndexOf('-') + 1;
        return verb[..hyphen] + change(verb[hyphen..]) + (end < 0 ? "" : phrase[end..]);
    }

    private static Dictionary<string, string> Table(string words)
    {
        var all = words.Split(' ');
        var table = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < all.Length; i += 2)
            table[all[i]] = all[i + 1];
        return table;
    }
}
