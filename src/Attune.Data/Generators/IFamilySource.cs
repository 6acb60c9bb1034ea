namespace Attune.Data.Generators;

/// <summary>Gives families that data describe; found by being there, as single families are.</summary>
internal interface IFamilySource
{
    IEnumerable<ITaskFamily> Families { get; }
}
