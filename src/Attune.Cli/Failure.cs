using Attune.Cli.Terminal;
using Attune.Tensors;

namespace Attune.Cli;

/// <summary>Turns what went wrong into one sentence and an exit code.</summary>
internal static class Failure
{
    public static int Report(Exception error, TextWriter writer, bool verbose, CancellationToken cancellation)
    {
        var inner = Unwrap(error);
        if (inner is OperationCanceledException && cancellation.IsCancellationRequested)
        {
            writer.WriteLine("interrupted");
            return ExitCode.Interrupted;
        }
        writer.WriteLine("error: " + Visible.Lines(Sentence(inner, verbose)));
        if (verbose)
            writer.WriteLine(Visible.Lines(error.ToString()));
        return inner is AttuneException { Kind: AttuneErrorKind.Request } or FileNotFoundException or DirectoryNotFoundException or System.Text.DecoderFallbackException ? ExitCode.WrongRequest : ExitCode.WorkFailed;
    }

    private static string Sentence(Exception error, bool verbose) => error switch
    {
        AttuneException => error.Message,
        OutOfMemoryException => "the memory is used up; give less with --limit-memory, fewer --threads, or a smaller model",
        UnauthorizedAccessException => $"{error.Message.TrimEnd('.')}; check who may read and write there",
        System.Text.DecoderFallbackException => "the input is not UTF-8; write it again as UTF-8",
        IOException => $"{error.Message.TrimEnd('.')}; check the path and the space on the disk",
        _ => $"{error.GetType().Name}: {error.Message}" + (verbose ? "" : " (this is a fault of Attune; -v shows where)"),
    };

    private static Exception Unwrap(Exception error)
    {
        while (error is AggregateException { InnerExceptions.Count: 1 } or System.Reflection.TargetInvocationException or TypeInitializationException && error.InnerException is not null)
            error = error.InnerException!;
        return error;
    }
}
