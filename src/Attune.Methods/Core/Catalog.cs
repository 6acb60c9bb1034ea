using System.Reflection;
using Attune.Tensors;

namespace Attune.Methods;

/// <summary>Every method of this assembly, found by being there.</summary>
public static class Catalog
{
    public static IReadOnlyList<IMethod> All { get; } =
    [
        .. typeof(Catalog).Assembly.GetTypes()
            .Where(t => t is { IsAbstract: false, IsClass: true } && t.IsAssignableTo(typeof(IMethod)))
            .Select(t => (IMethod)Activator.CreateInstance(t)!)
            .OrderBy(m => m.Card.Site).ThenBy(m => m.Card.Name, StringComparer.Ordinal),
    ];

    /// <summary>The methods of a set, those of smaller sets among them.</summary>
    public static IEnumerable<IMethod> Of(MethodSet set) => All.Where(m => m.Card.Set <= set);

    /// <exception cref="AttuneException">There is no method of that name; the message lists those that are near or all.</exception>
    public static IMethod Get(string name) => All.FirstOrDefault(m => m.Card.Name == name)
        ?? throw new AttuneException($"there is no method '{name}'; the methods are {string.Join(", ", All.Select(m => m.Card.Name))}");

    /// <summary>The names, types, defaults and meanings of a method's options.</summary>
    public static IReadOnlyList<MethodOption> Options(IMethod method)
    {
        var defaults = method.DefaultOptions;
        return
        [
            .. defaults.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(p => p.CanWrite && p.GetCustomAttribute<OptionAttribute>() is not null)
                .Select(p => new MethodOption(OptionsJson.Name(p.Name), OptionsJson.TypeName(p.PropertyType), OptionsJson.Show(p.GetValue(defaults)), p.GetCustomAttribute<OptionAttribute>()!.Meaning)),
        ];
    }
}
