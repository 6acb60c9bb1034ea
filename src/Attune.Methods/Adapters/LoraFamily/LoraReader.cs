using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

/// <summary>Reads adapters of PEFT's kind LORA.</summary>
internal sealed class LoraReader
{
    private readonly AdapterReader reader;
    private readonly int rank;
    private readonly double alpha;
    private readonly bool stabilised, dora, biased, kasa;
    private readonly string initial;
    private readonly IReadOnlyList<int> invocation;
    private readonly BlockDiagonalSettings? blocks;

    public LoraReader(AdapterReader reader)
    {
        this.reader = reader;
        rank = reader.Positive("r");
        alpha = reader.Number("lora_alpha");
        (stabilised, dora, biased, kasa) = (reader.Flag("use_rslora"), reader.Flag("use_dora"), reader.Flag("lora_bias"), reader.Node("kasa_config") is not null);
        initial = reader.TextOrFlag("init_lora_weights") ?? "";
        invocation = reader.Integers("alora_invocation_tokens");
        blocks = BlockDiagonalSettings.Read(reader);
        RefuseOthers();
    }

    public PeftAdapter Read()
    {
        var layers = LayerReplication.Read(reader);
        var targets = reader.Targets();
        foreach (var target in targets)
            if (target.Linear is { } linear)
                reader.Add(linear, Factors(target, linear));
            else if (target.Table is { } table)
                reader.Add(table, Embedding(target, table));
            else
                throw reader.Refused($"changes '{target.Name}', which is neither a linear map nor a table of embeddings");
        SavedModules.TakeBiases(reader, "lora_only", targets);
        TokenRows();
        return new LoraAdapter(reader, layers, readsTokens: invocation.Count > 0);
    }

    /// <summary>What changes the result and is not known, and what changes only training.</summary>
    private void RefuseOthers()
    {
        if (initial is not ("" or "gaussian" or "eva" or "olora" or "orthogonal" or "pissa") && !initial.StartsWith("pissa_niter_", StringComparison.Ordinal))
            throw reader.Refused($"sets init_lora_weights to '{initial}', of which the change to the base weights is not known; convert it to a plain LoRA adapter");
        foreach (var key in new[] { "use_qalora", "ensure_weight_tying" })
            reader.Require(key, "false");
        reader.Require("target_parameters", "[]");
        foreach (var key in new[] { "arrow_config", "megatron_config", "monteclora_config", "velora_config", "corda_config", "lora_ga_config" })
            reader.Require(key);
        reader.Ignore("lora_dropout", "fan_in_fan_out", "eva_config", "loftq_config", "megatron_core", "qalora_group_size", "runtime_config");
        if ((dora ? 1 : 0) + (kasa ? 1 : 0) + (invocation.Count > 0 ? 1 : 0) + (blocks is null ? 0 : 1) > 1)
            throw reader.Refused("asks for several variants of LoRA at once (of use_dora, kasa_config, alora_invocation_tokens, use_bdlora), which is not known");
        if (biased && (dora || kasa || blocks is not null || invocation.Count > 0))
            throw reader.Refused("has lora_bias with another variant of LoRA, which is not known");
    }

    private LoraFactors Factors(AdapterTarget target, LinearModule module)
    {
        var (r, scale) = RankAndScale(target);
        var (shapeA, shapeB) = blocks?.Shapes(reader, target, module, r) ?? (module.Inputs, r);
        var a = reader.Trained(target, "lora_A.weight", r, shapeA);
        var b = reader.Trained(target, "lora_B.weight", module.Outputs, shapeB);
        if (dora)
        {
            var plain = reader.Has(AdapterReader.NameOf(target, "lora_magnitude_vector"));
            return new DoraFactors(module, a, b, reader.Trained(target, plain ? "lora_magnitude_vector" : "lora_magnitude_vector.weight", module.Outputs), scale) { Removed = Removed(module, r, scale) };
        }
        if (kasa)
            return new KasaFactors(module, a, b, reader.Trained(target, "lora_diag", r), scale) { Removed = LoraFactorisation.Smallest(reader, module, r) };
        if (invocation.Count > 0)
            return new ActivatedFactors(module, a, b, scale, invocation) { Removed = Removed(module, r, scale) };
        if (blocks is not null)
            return new BlockDiagonalFactors(module, a, b, scale, blocks.Blocks);
        return new LoraFactors(module, a, b, scale) { BiasB = biased ? reader.Trained(target, "lora_B.bias", module.Outputs) : null, Removed = Removed(module, r, scale) };
    }

    /// <summary>The product of the first factors, where these came out of the weight.</summary>
    private RemovedProduct? Removed(LinearModule module, int r, float scale) => initial switch
    {
        "olora" => LoraFactorisation.Orthonormal(reader, module, r, scale),
        _ when initial.StartsWith("pissa", StringComparison.Ordinal) => LoraFactorisation.Largest(reader, module, r),
        _ => null,
    };

    private EmbeddingFactors Embedding(AdapterTarget target, TableModule table)
    {
        if (dora || kasa || blocks is not null || invocation.Count > 0 || biased)
            throw reader.Refused($"changes the embeddings '{target.Name}' by a variant of LoRA that is known for linear maps only");
        var (r, scale) = RankAndScale(target);
        var a = reader.Trained(target, "lora_embedding_A", r, table.Rows);
        var b = reader.Trained(target, "lora_embedding_B", table.Columns, r);
        BaseEmbeddings(AdapterReader.NameOf(target, "base_layer.weight"), target, table);
        return new EmbeddingFactors(table, a, b, scale);
    }

    /// <summary>PEFT stores the model's own embeddings beside the factors; others would be another model.</summary>
    private void BaseEmbeddings(string name, AdapterTarget target, TableModule table)
    {
        if (!reader.Has(name))
            return;
        var stored = reader.Frozen(name, table.Rows, table.Columns).Value;
        var row = new float[table.Columns];
        for (var i = 0; i < table.Rows; i++)
        {
            table.Weight.ReadRow(i, row);
            if (!row.AsSpan().SequenceEqual(stored[i]))
                throw reader.Refused(FormattableString.Invariant($"brings other embeddings for '{target.Name}' than the model has (row {i} differs); it was made for another model"));
        }
    }

    private (int Rank, float Scale) RankAndScale(AdapterTarget target)
    {
        var r = (int)reader.Pattern("rank_pattern", target, rank);
        var a = reader.Pattern("alpha_pattern", target, alpha);
        return r > 0 ? (r, (float)(stabilised ? a / Math.Sqrt(r) : a / r)) : throw reader.Refused(FormattableString.Invariant($"has rank {r} for '{target.Name}'; it must be at least 1"));
    }

    /// <summary>trainable_token_indices: rows of embeddings, by table; a bare list means the token embeddings.</summary>
    private void TokenRows()
    {
        switch (reader.Node("trainable_token_indices"))
        {
            case null:
                return;
            case JsonObject byTable:
                foreach (var (name, indices) in byTable)
                    TokenTables.Add(reader, name, indices, "token_adapter.trainable_tokens_delta");
                return;
            case var list:
                TokenTables.Add(reader, "embed_tokens", list, "token_adapter.trainable_tokens_delta");
                return;
        }
    }
}
