using System.Globalization;
using Attune.Tensors;

namespace Attune.Models.Generation;

/// <summary>How the next token is chosen, and when generation ends. The defaults take the likeliest token, at most 256 times.</summary>
public sealed record SamplingOptions
{
    /// <summary>Logits are divided by it; 0 takes the likeliest token, whatever the filters say.</summary>
    public double Temperature { get; init; }

    /// <summary>Keep this many of the likeliest tokens; 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Keep the likeliest tokens that together reach this probability; 1 keeps all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Drop tokens less probable than this share of the likeliest; 0 keeps all.</summary>
    public double MinP { get; init; }

    /// <summary>Keep the tokens whose surprise is nearest the entropy, up to this probability; 1 keeps all.</summary>
    public double TypicalP { get; init; } = 1;

    /// <summary>Drop tokens less probable than this; 0 keeps all.</summary>
    public double Epsilon { get; init; }

    /// <summary>Drop tokens less probable than min(η, √η·e^−entropy); 0 keeps all.</summary>
    public double Eta { get; init; }

    /// <summary>Keep logits within this many standard deviations of the largest; 0 keeps all.</summary>
    public double TopNSigma { get; init; }

    /// <summary>1 or 2: hold the surprise of the text near <see cref="MirostatTarget"/> (Basu et al. 2021), after the other filters; 0 does not.</summary>
    public int Mirostat { get; init; }

    /// <summary>τ in bits.</summary>
    public double MirostatTarget { get; init; } = 5;

    /// <summary>η: how fast the bound follows.</summary>
    public double MirostatRate { get; init; } = 0.1;

    /// <summary>Above 1 makes tokens of the prompt and of the text so far less likely; 1 changes nothing.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Taken from a token's logit for each time that it occurred.</summary>
    public double FrequencyPenalty { get; init; }

    /// <summary>Taken from a token's logit if it occurred.</summary>
    public double PresencePenalty { get; init; }

    /// <summary>No run of this many tokens may come twice; 0 allows all.</summary>
    public int NoRepeatNgram { get; init; }

    public int Seed { get; init; }

    /// <summary>Tokens to make at most.</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>Texts that end generation; they are not part of the result.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    public bool IsGreedy => Temperature == 0;

    /// <exception cref="AttuneException">An option is outside its range.</exception>
    public void Check()
    {
        Require(Temperature >= 0 && double.IsFinite(Temperature), "temperature", Temperature, "0 or more");
        Require(TopK >= 0, "top-k", TopK, "0 (off) or more");
        Require(TopP is > 0 and <= 1, "top-p", TopP, "above 0 and at most 1 (off)");
        Require(MinP is >= 0 and <= 1, "min-p", MinP, "between 0 (off) and 1");
        Require(TypicalP is > 0 and <= 1, "typical-p", TypicalP, "above 0 and at most 1 (off)");
        Require(Epsilon is >= 0 and < 1, "epsilon", Epsilon, "at least 0 (off) and below 1");
        Require(Eta is >= 0 and < 1, "eta", Eta, "at least 0 (off) and below 1");
        Require(TopNSigma >= 0, "top-n-sigma", TopNSigma, "0 (off) or more");
        Require(Mirostat is >= 0 and <= 2, "mirostat", Mirostat, "0 (off), 1 or 2");
        Require(MirostatTarget > 0 && double.IsFinite(MirostatTarget), "mirostat target", MirostatTarget, "above 0");
        Require(MirostatRate >= 0 && double.IsFinite(MirostatRate), "mirostat rate", MirostatRate, "0 or more");
        Require(RepetitionPenalty > 0 && double.IsFinite(RepetitionPenalty), "repetition penalty", RepetitionPenalty, "above 0; 1 is off");
        Require(double.IsFinite(FrequencyPenalty), "frequency penalty", FrequencyPenalty, "a number; 0 is off");
        Require(double.IsFinite(PresencePenalty), "presence penalty", PresencePenalty, "a number; 0 is off");
        Require(NoRepeatNgram >= 0, "no-repeat-ngram", NoRepeatNgram, "0 (off) or more");
        Require(MaxTokens >= 1, "number of tokens to make", MaxTokens, "1 or more");
    }

    private static void Require(bool holds, string what, double value, string expected)
    {
        if (!holds)
            throw new AttuneException(string.Create(CultureInfo.InvariantCulture, $"{what} is {value}; it must be {expected}"));
    }
}
