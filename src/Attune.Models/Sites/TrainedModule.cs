using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Sites;

/// <summary>A parameter in the place of a frozen weight, vector or table of the same shape: full tuning of one module.</summary>
public sealed class TrainedModule : IWeightSite, IVectorSite, ITableSite
{
    private TrainedModule(Parameter parameter) => Parameter = parameter;

    /// <summary>The numbers in use; [outputs, inputs] for a map.</summary>
    public Parameter Parameter { get; }

    /// <summary>A map's weight, set to the frozen one's numbers.</summary>
    public static TrainedModule Of(LinearModule module)
    {
        var parameter = new Parameter(module.Name + ".weight", module.Outputs, module.Inputs);
        for (var row = 0; row < module.Outputs; row++)
            module.Weight.ReadRow(row, parameter.Value[row]);
        return new TrainedModule(parameter);
    }

    /// <summary>A vector or small array, set to the frozen one's numbers.</summary>
    public static TrainedModule Of(VectorModule module)
    {
        var parameter = new Parameter(module.Name, module.Rows, module.Length / module.Rows);
        module.Value.Span.CopyTo(parameter.Value.Span);
        return new TrainedModule(parameter);
    }

    /// <summary>A table, set to the frozen one's numbers. The map of a tied head may use the same.</summary>
    public static TrainedModule Of(TableModule module)
    {
        var parameter = new Parameter(module.Name, module.Rows, module.Columns);
        for (var row = 0; row < module.Rows; row++)
            module.Weight.ReadRow(row, parameter.Value[row]);
        return new TrainedModule(parameter);
    }

    /// <summary>A parameter that exists already.</summary>
    public static TrainedModule Of(Parameter parameter) => new(parameter);

    /// <summary>
    /// Parameters in the place of everything that a model has, by their names in its checkpoint, attached to <paramref name="sites"/>. What is tied
    /// shares one.
    /// </summary>
    public static IReadOnlyList<Parameter> AttachAll(TransformerModel model, SiteSet sites)
    {
        var tables = model.Tables.ToDictionary(t => t, Of);
        var parameters = new List<Parameter>();
        foreach (var table in model.Tables)
        {
            sites.Add(table, tables[table]);
            parameters.Add(tables[table].Parameter);
        }
        foreach (var linear in model.Linears)
        {
            var module = linear.Tied is { } table ? tables[table] : Of(linear);
            sites.Add(linear, module);
            if (linear.Tied is null)
                parameters.Add(module.Parameter);
        }
        foreach (var vector in model.Vectors)
        {
            var module = Of(vector);
            sites.Add(vector, module);
            parameters.Add(module.Parameter);
        }
        return parameters;
    }

    Tensor IWeightSite.Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites) => module.Biased(graph, graph.Product(x, graph.Use(Parameter)), sites);

    Tensor IVectorSite.Vector(Graph graph, VectorModule module) => graph.Use(Parameter);

    Tensor ITableSite.Rows(Graph graph, ReadOnlySpan<int> ids, TableModule table) => graph.Embedding(graph.Use(Parameter), ids);
}
