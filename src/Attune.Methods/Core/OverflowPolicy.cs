namespace Attune.Methods;

/// <summary>What to do with a prompt that is longer than the model's context; whatever is done is counted.</summary>
public enum OverflowPolicy
{
    /// <summary>Stop and say which row.</summary>
    Error,

    /// <summary>Leave the row out of the predictions.</summary>
    Drop,

    /// <summary>Leave out demonstrations from the first on until it fits.</summary>
    DropShots,

    /// <summary>Cut tokens off the front of the prompt.</summary>
    Truncate,
}
