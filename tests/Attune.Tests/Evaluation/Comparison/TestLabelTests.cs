using System.Collections;
using System.Reflection;
using Attune.Data;
using Attune.Evaluation.Comparison;
using Attune.Methods;
using Attune.Tests.Data;

namespace Attune.Tests.Evaluation.Comparison;

/// <summary>No method can reach a test label: one that tries, through every field of every object that it is given, finds none.</summary>
public sealed class TestLabelTests : ComparisonFixture
{
    [Fact]
    public void Method_ThatSearchesAllItIsGiven_FindsNoTestLabel()
    {
        // Each test row's label is a string object of its own, so that it can be told from the task's labels.
        var data = Data();
        data = data with { Test = [.. data.Test!.Select(e => e with { Label = new string(e.Label.AsSpan()) })] };
        var gold = data.Test!.Select(e => e.Label).ToHashSet<object>(ReferenceEqualityComparer.Instance);
        var found = new List<string>();
        var seen = 0;
        var spy = new FakeMethod("spy")
        {
            OnFit = context => Search(context),
            OnPredict = (inputs, tools) =>
            {
                Search(inputs);
                Search(tools);
            },
        };
        var observer = new Recorder();
        var results = Run(Request("spy", spy) with { Data = data }, observer);
        Assert.Equal(6, results.Cells.Count(c => c.Status == CellStatus.Done));
        Assert.Empty(found);
        Assert.True(seen > 1000, $"the search saw {seen} objects only");
        // The search does find them where they are.
        Search(Splitter.Draw(data, 0, new SplitOptions(ShotSpec.None)));
        Assert.Contains(found, f => f.StartsWith("Example test:", StringComparison.Ordinal));
        Assert.Contains("a right label", found);

        void Search(object from)
        {
            // The spy's own closure is the test's, not something that it was given.
            foreach (var reached in Reach.From(from).Where(o => o is not FakeMethod))
            {
                seen++;
                if (gold.Contains(reached))
                    found.Add("a right label");
                if (reached is Example { Id: var id } && id.StartsWith("test:", StringComparison.Ordinal))
                    found.Add($"Example {id}");
                if (reached is Split or Dataset or ComparisonRequest or CellRunner or ComparisonRun)
                    found.Add(reached.GetType().Name);
            }
        }
    }

    [Fact]
    public void Types_OfWhatMethodsAreGiven_DeclareNoWayToASplit()
    {
        var declared = new HashSet<Type>();
        var open = new Stack<Type>([typeof(FitContext), typeof(PredictionTools), typeof(Input)]);
        while (open.TryPop(out var type))
        {
            foreach (var inner in type.IsGenericType ? type.GetGenericArguments() : type.HasElementType ? [type.GetElementType()!] : [])
                open.Push(inner);
            if (type.Assembly != typeof(FitContext).Assembly && type.Assembly != typeof(Input).Assembly || !declared.Add(type))
                continue;
            foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
                open.Push(property.PropertyType);
        }
        Assert.DoesNotContain(typeof(Split), declared);
        Assert.DoesNotContain(typeof(Dataset), declared);
        Assert.Contains(typeof(Example), declared);
        // A test row is known to a predictor as an input, which has no label.
        Assert.DoesNotContain(typeof(Input).GetProperties(), p => p.PropertyType == typeof(Example) || p.Name.Contains("Label", StringComparison.Ordinal));
    }

    /// <summary>Walks over the fields of objects, private and inherited ones too.</summary>
    private static class Reach
    {
        private const int Most = 2_000_000;

        public static List<object> From(object root)
        {
            var seen = new HashSet<object>(ReferenceEqualityComparer.Instance) { root };
            var open = new Stack<object>([root]);
            var all = new List<object>();
            while (open.TryPop(out var next) && all.Count < Most)
            {
                all.Add(next);
                // What the test itself put in hangs on the fake method, and the test's runner on its own machinery.
                if (next is FakeMethod)
                    continue;
                foreach (var child in Children(next))
                    if (Walkable(child) && seen.Add(child))
                        open.Push(child);
            }
            return all;
        }

        private static IEnumerable<object> Children(object o)
        {
            if (o is Array array)
            {
                if (!array.GetType().GetElementType()!.IsPrimitive && !array.GetType().GetElementType()!.IsPointer)
                    foreach (var item in array)
                        if (item is not null)
                            yield return item;
                yield break;
            }
            for (var type = o.GetType(); type is not null; type = type.BaseType)
                foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                    if (!field.FieldType.IsPointer && !field.FieldType.IsByRefLike && !field.FieldType.IsFunctionPointer && field.GetValue(o) is { } value)
                        yield return value;
        }

        private static bool Walkable(object o) =>
            o is not (Type or MemberInfo or Assembly or Module or Pointer) && !o.GetType().IsPrimitive && !o.GetType().IsEnum;
    }
}
