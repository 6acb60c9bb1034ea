using System.Net;

namespace Attune.Models.Hub;

/// <summary>The last response of a chain of redirects, with what the hub itself said on the way.</summary>
internal sealed class HubResponse(HttpResponseMessage message) : IDisposable
{
    public HttpStatusCode Status => message.StatusCode;

    /// <summary>What names the content: the hub's X-Linked-Etag, else its ETag; null where it sent none.</summary>
    public string? Tag { get; init; }

    /// <summary>X-Repo-Commit.</summary>
    public string? Commit { get; init; }

    /// <summary>X-Linked-Size.</summary>
    public long? LinkedSize { get; init; }

    /// <summary>Length of the whole file: X-Linked-Size, else that of Content-Range, else the body's.</summary>
    public long? Size => LinkedSize
        ?? message.Content.Headers.ContentRange?.Length
        ?? (Status == HttpStatusCode.OK ? message.Content.Headers.ContentLength : null);

    /// <summary>The first byte that a 206 brings.</summary>
    public long? From => message.Content.Headers.ContentRange?.From;

    /// <summary>Whether the body comes as it lies on the server.</summary>
    public bool IsPlain => message.Content.Headers.ContentEncoding.Count == 0;

    public Task<Stream> Body(CancellationToken cancel) => message.Content.ReadAsStreamAsync(cancel);

    public void Dispose() => message.Dispose();
}
