using System.Net;
using System.Net.Http.Headers;
using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Models.Hub;

/// <summary>
/// Requests to a hub: follows redirects itself, so that the token never leaves the hub's own scheme, host and port, and tells failures that
/// pass from those that stay.
/// </summary>
internal sealed class HubConnection : IDisposable
{
    private const int MostRedirects = 8;
    private const int LongestList = 64 << 20;

    private readonly HubOptions options;
    private readonly HttpClient client;

    public HubConnection(HubOptions options)
    {
        this.options = options;
        var endpoint = options.Endpoint;
        if (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("http" or "https") || endpoint.UserInfo.Length > 0)
            throw new AttuneException($"the endpoint '{endpoint}' is no address of a hub; expected one such as {HubOptions.PublicHub}");
        if (options.Token is { } token && (token.Length == 0 || token.Any(c => c is <= ' ' or > '~')))
            throw new AttuneException("HF_TOKEN holds characters that no token has; set it again, or unset it");
        if (options.Token is not null && endpoint.Scheme == "http" && !endpoint.IsLoopback)
            throw new AttuneException($"the endpoint '{endpoint}' is not encrypted, and HF_TOKEN would be readable on the way; use https, or unset HF_TOKEN");
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = options.Silence }) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("attune", typeof(HubConnection).Assembly.GetName().Version!.ToString(3)));
        client.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
    }

    public Uri Address(string path) => new($"{options.Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");

    /// <summary>The address of a file: /{repository}/resolve/{revision}/{file}.</summary>
    public Uri FileAddress(HubReference reference, string file) =>
        Address($"{reference.Repository}/resolve/{Uri.EscapeDataString(reference.Revision)}/{string.Join('/', file.Split('/').Select(Uri.EscapeDataString))}");

    /// <summary>A small answer, whole.</summary>
    public async Task<byte[]> GetAll(Uri address, string what, CancellationToken cancel)
    {
        using var response = await Get(address, what, 0, cancel).ConfigureAwait(false);
        using var all = new MemoryStream();
        var body = await response.Body(cancel).ConfigureAwait(false);
        var buffer = new byte[1 << 16];
        while (await Read(body, buffer, what, cancel).ConfigureAwait(false) is var count and > 0)
        {
            if (all.Length + count > LongestList)
                throw new AttuneException($"the answer of {address.Authority} is longer than a list of files can be; check --endpoint", AttuneErrorKind.Work);
            all.Write(buffer.AsSpan(0, count));
        }
        return all.ToArray();
    }

    /// <summary>The response to a GET of everything from a byte on, after redirects: 200, 206 or 416.</summary>
    /// <exception cref="HubTemporaryException">It may go better later.</exception>
    /// <exception cref="AttuneException">It will not.</exception>
    public async Task<HubResponse> Get(Uri address, string what, long from, CancellationToken cancel)
    {
        var at = address;
        var (linkedTag, ownTag, commit, size) = ((string?)null, (string?)null, (string?)null, (long?)null);
        for (var hop = 0; hop <= MostRedirects; hop++)
        {
            var message = await Send(at, from, what, cancel).ConfigureAwait(false);
            if (IsHub(at))
            {
                linkedTag = Header(message, "X-Linked-Etag") ?? linkedTag;
                ownTag = Header(message, "ETag") ?? ownTag;
                commit = Header(message, "X-Repo-Commit") ?? commit;
                size = long.TryParse(Header(message, "X-Linked-Size"), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var s) ? s : size;
            }
            if (message.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable)
                return new HubResponse(message) { Tag = linkedTag ?? ownTag, Commit = commit, LinkedSize = size };
            using (message)
                at = (int)message.StatusCode is >= 300 and < 400 ? Next(at, message, what) : throw Refusal(message, at, what);
        }
        throw new AttuneException($"{what}: the server sends from address to address more than {MostRedirects} times; check --endpoint", AttuneErrorKind.Work);
    }

    /// <summary>Reads a piece of a body; silence and broken connections are temporary.</summary>
    public async Task<int> Read(Stream body, Memory<byte> buffer, string what, CancellationToken cancel)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        silence.CancelAfter(options.Silence);
        try
        {
            return await body.ReadAsync(buffer, silence.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (IsTemporary(e) && !cancel.IsCancellationRequested)
        {
            throw Lost(what, e);
        }
    }

    public void Dispose() => client.Dispose();

    private async Task<HttpResponseMessage> Send(Uri at, long from, string what, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, at);
        if (from > 0)
            request.Headers.Range = new RangeHeaderValue(from, null);
        if (options.Token is { } token && IsHub(at))
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        silence.CancelAfter(options.Silence);
        try
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            throw new AttuneException($"{what}: {at.Authority} has no certificate that this machine trusts ({e.InnerException?.Message ?? e.Message}); check the address and the machine's certificates", AttuneErrorKind.Work, e);
        }
        catch (Exception e) when (IsTemporary(e) && !cancel.IsCancellationRequested)
        {
            throw Lost(what, e);
        }
    }

    private bool IsHub(Uri at) => at.Scheme == options.Endpoint.Scheme && at.Host == options.Endpoint.Host && at.Port == options.Endpoint.Port;

    private static Uri Next(Uri at, HttpResponseMessage message, string what)
    {
        if (message.Headers.Location is not { } location || !Uri.TryCreate(at, location, out var next) || next.Scheme is not ("http" or "https"))
            throw new AttuneException($"{what}: {at.Authority} redirects to no address; check --endpoint", AttuneErrorKind.Work);
        if (at.Scheme == "https" && next.Scheme == "http")
            throw new AttuneException($"{what}: {at.Authority} redirects to {next.Authority} without encryption, which is not followed", AttuneErrorKind.Work);
        return next;
    }

    private Exception Refusal(HttpResponseMessage message, Uri at, string what)
    {
        var status = (int)message.StatusCode;
        var said = Header(message, "X-Error-Message") is { } text ? $" ({Shown.Quoted(text)})" : "";
        return status switch
        {
            401 => new AttuneException($"{what}: {at.Authority} knows no such repository, or does not show it to you{said}; check the name{(options.Token is null ? ", and set HF_TOKEN if it is private or gated" : " and HF_TOKEN")}"),
            403 => new AttuneException($"{what}: {at.Authority} does not allow it{said}; ask for access to the repository on its page{(options.Token is null ? ", and set HF_TOKEN" : ", or check what HF_TOKEN may read")}"),
            404 => new AttuneException($"{what}: not found on {at.Authority}{said}; check the name and the revision"),
            408 or 425 or 429 or >= 500 => new HubTemporaryException(FormattableString.Invariant($"{what}: {at.Authority} answers {status} {Reason(status)}{said}"), After(message)),
            _ => new AttuneException(FormattableString.Invariant($"{what}: {at.Authority} answers {status}{said}, which is not expected; check --endpoint"), AttuneErrorKind.Work),
        };
    }

    private static string Reason(int status) => status switch { 429 => "(too many requests)", 503 => "(busy)", _ => "(an error of its own)" };

    /// <summary>Retry-After in seconds, or as a date beside the server's own.</summary>
    private static TimeSpan? After(HttpResponseMessage message) => message.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } until } when message.Headers.Date is { } now && until > now => until - now,
        _ => null,
    };

    private static string? Header(HttpResponseMessage message, string name) =>
        message.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private static bool IsTemporary(Exception e) => e is HttpRequestException or IOException or OperationCanceledException;

    private static HubTemporaryException Lost(string what, Exception e) =>
        new($"{what}: {(e is OperationCanceledException ? "the server is silent" : "the connection was lost")}{(e is HttpRequestException { InnerException: System.Net.Sockets.SocketException s } ? $" ({s.Message})" : "")}", null, e);
}
