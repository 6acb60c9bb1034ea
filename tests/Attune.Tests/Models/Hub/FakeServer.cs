using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Attune.Tests.Models.Hub;

/// <summary>A server of HTTP/1.1 on this machine that answers as a test says: it may lie about lengths, drop connections, or fall silent.</summary>
internal sealed class FakeServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<Request, Reply> answer;
    private readonly List<Request> requests = [];

    public FakeServer(Func<Request, Reply> answer)
    {
        this.answer = answer;
        listener.Start();
        Address = new Uri(FormattableString.Invariant($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"));
        _ = Task.Run(Accept);
    }

    public Uri Address { get; }

    public IReadOnlyList<Request> Requests
    {
        get
        {
            lock (requests)
                return [.. requests];
        }
    }

    /// <param name="Path">As it was sent, with the query.</param>
    internal sealed record Request(string Method, string Path, IReadOnlyDictionary<string, string> Headers)
    {
        /// <summary>The first byte asked for.</summary>
        public int From => Headers.TryGetValue("Range", out var range) ? int.Parse(range.Split('=')[1].TrimEnd('-'), CultureInfo.InvariantCulture) : 0;
    }

    internal sealed record Reply(int Status, byte[] Body, params (string Name, string Value)[] Headers)
    {
        /// <summary>Bytes of the body after which the connection is cut.</summary>
        public int? CutAfter { get; init; }

        /// <summary>Whether nothing is sent, and the connection stays open.</summary>
        public bool Silent { get; init; }

        public static Reply Text(int status, string text, params (string, string)[] headers) => new(status, Encoding.UTF8.GetBytes(text), headers);

        /// <summary>The bytes that a request asks for: 200, 206 or 416, as a server should.</summary>
        public static Reply Range(Request request, byte[] content, params (string, string)[] headers)
        {
            if (request.From == 0)
                return new Reply(200, content, headers);
            if (request.From >= content.Length)
                return new Reply(416, [], [.. headers, ("Content-Range", FormattableString.Invariant($"bytes */{content.Length}"))]);
            return new Reply(206, content[request.From..], [.. headers, ("Content-Range", FormattableString.Invariant($"bytes {request.From}-{content.Length - 1}/{content.Length}"))]);
        }
    }

    public void Dispose()
    {
        stop.Cancel();
        listener.Stop();
    }

    private async Task Accept()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                _ = Task.Run(() => Serve(client));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task Serve(TcpClient client)
    {
        using var owned = client;
        try
        {
            await using var stream = client.GetStream();
            if (await Read(stream) is not { } request)
                return;
            lock (requests)
                requests.Add(request);
            var reply = answer(request);
            if (reply.Silent)
                await Task.Delay(Timeout.Infinite, stop.Token);
            var head = new StringBuilder(FormattableString.Invariant($"HTTP/1.1 {reply.Status} x\r\nConnection: close\r\n"));
            if (!reply.Headers.Any(h => h.Name is "Content-Length" or "Transfer-Encoding"))
                head.Append(CultureInfo.InvariantCulture, $"Content-Length: {reply.Body.Length}\r\n");
            foreach (var (name, value) in reply.Headers)
                head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
            await stream.WriteAsync(Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()));
            await stream.WriteAsync(reply.Body.AsMemory(0, Math.Min(reply.CutAfter ?? int.MaxValue, reply.Body.Length)));
            await stream.FlushAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // The client went away, or the test is over.
        }
    }

    private static async Task<Request?> Read(NetworkStream stream)
    {
        var bytes = new List<byte>();
        var one = new byte[1];
        while (bytes.Count < 4 || !bytes[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one) == 0)
                return null;
            bytes.Add(one[0]);
        }
        var lines = Encoding.UTF8.GetString([.. bytes]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var first = lines[0].Split(' ');
        var headers = lines[1..].ToDictionary(l => l.Split(": ")[0], l => l[(l.IndexOf(": ", StringComparison.Ordinal) + 2)..], StringComparer.OrdinalIgnoreCase);
        return new Request(first[0], first[1], headers);
    }
}
