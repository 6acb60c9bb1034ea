using System.Globalization;
using System.Net;
using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Models.Hub;

/// <summary>Fetches one file: goes on where an earlier try stopped, checks length and hash, and gives it its name when it is whole.</summary>
/// <param name="onBytes">Told the file's bytes on the disk, and those that came just now.</param>
internal sealed class HubDownload(HubConnection hub, HubFolder folder, HubReference reference, HubOptions options, Action<long, int> onBytes)
{
    private readonly byte[] buffer = new byte[1 << 18];

    /// <summary>The commit that the hub has named so far; every file must be of one.</summary>
    public string Commit { get; set; } = "";

    public async Task<HubPulledFile> Fetch(HubFile file, CancellationToken cancel)
    {
        var target = folder.Target(file.Path);
        if (file.Digest is { } known && IsThere(target, known, file.Bytes, cancel))
            return There(file.Path, target, known);
        var patience = new HubPatience(options);
        while (true)
        {
            try
            {
                return await Try(file, target, patience, cancel).ConfigureAwait(false);
            }
            catch (HubTemporaryException e)
            {
                await patience.Again(e, cancel).ConfigureAwait(false);
            }
        }
    }

    private async Task<HubPulledFile> Try(HubFile file, string target, HubPatience patience, CancellationToken cancel)
    {
        var what = $"{reference}, {file.Path}";
        var earlier = folder.FindPartial(file.Path);
        var have = earlier is null ? 0 : new FileInfo(earlier).Length;
        using var response = await hub.Get(hub.FileAddress(reference, file.Path), what, have, cancel).ConfigureAwait(false);
        RequireCommit(response, what);
        var digest = Digest(file, response, what);
        var size = Size(file, response, what);
        if (digest is not null && IsThere(target, digest, size, cancel))
            return There(file.Path, target, digest);
        var partial = folder.Partial(file.Path, digest?.Hex ?? response.Tag ?? "");
        // What an earlier try left of another content is of no use; nor is what nothing names.
        if (have > 0 && (partial != earlier || digest is null && response.Tag is null or ['W', '/', ..]))
            throw StartAgain(file.Path, what, "the file has changed since the last try");
        if (response.Status == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            if (have != size)
                throw StartAgain(file.Path, what, "the server does not know the place where the last try stopped");
        }
        else
        {
            await Receive(response, partial, have, size, what, patience, cancel).ConfigureAwait(false);
        }
        return Finish(file.Path, partial, target, digest, size, have > 0, what, cancel);
    }

    private async Task Receive(HubResponse response, string partial, long have, long? size, string what, HubPatience patience, CancellationToken cancel)
    {
        if (!response.IsPlain)
            throw new AttuneException($"{what}: the server sends the file in another encoding than was asked for; check --endpoint", AttuneErrorKind.Work);
        var at = response.Status == HttpStatusCode.PartialContent ? have : 0;
        if (response.Status == HttpStatusCode.PartialContent && response.From != have)
            throw new AttuneException(string.Create(CultureInfo.InvariantCulture, $"{what}: the server sends the file from byte {response.From}, and was asked for byte {have}; check --endpoint"), AttuneErrorKind.Work);
        RequireSpace(size - at, what);
        using var stream = Open(partial, what);
        stream.SetLength(at);
        stream.Position = at;
        var body = await response.Body(cancel).ConfigureAwait(false);
        onBytes(at, 0);
        while (await hub.Read(body, buffer, what, cancel).ConfigureAwait(false) is var count and > 0)
        {
            if (at + count > size)
                throw new AttuneException(string.Create(CultureInfo.InvariantCulture, $"{what}: the server sends more than the {size} bytes that it announced; check --endpoint"), AttuneErrorKind.Work);
            Write(stream, buffer.AsSpan(0, count), what);
            at += count;
            patience.Reached(at);
            onBytes(at, count);
        }
        stream.Flush(flushToDisk: true);
        if (at < size)
            throw new HubTemporaryException(string.Create(CultureInfo.InvariantCulture, $"{what}: the connection was lost after {at} of {size} bytes"));
    }

    private HubPulledFile Finish(string name, string partial, string target, FileDigest? digest, long? size, bool resumed, string what, CancellationToken cancel)
    {
        if (!File.Exists(partial))
            Open(partial, what).Dispose();
        var found = digest is null ? null : FileDigest.Of(partial, digest.IsGitBlob, cancel);
        if (found != digest)
        {
            folder.RemovePartials(name);
            // What stood there before may have been damaged; a whole file with the wrong hash is the server's fault.
            if (resumed)
                throw new HubTemporaryException($"{what}: the file that an earlier try began does not have its {digest!.Kind}");
            throw new AttuneException($"{what}: its {digest!.Kind} is {found!.Hex}, and the hub announces {digest.Hex}; it was removed: try again, and do not trust this server if it stays so", AttuneErrorKind.Work);
        }
        // Once more, at the last moment.
        folder.Target(name);
        File.Move(partial, target, overwrite: true);
        return new HubPulledFile(name, size ?? new FileInfo(target).Length, digest, WasThere: false);
    }

    private HubPulledFile There(string name, string target, FileDigest digest)
    {
        var bytes = new FileInfo(target).Length;
        onBytes(bytes, 0);
        return new HubPulledFile(name, bytes, digest, WasThere: true);
    }

    private HubTemporaryException StartAgain(string name, string what, string reason)
    {
        folder.RemovePartials(name);
        return new HubTemporaryException($"{what}: {reason}", TimeSpan.Zero);
    }

    private void RequireCommit(HubResponse response, string what)
    {
        if (response.Commit is not { } commit)
            return;
        if (Commit.Length > 0 && commit != Commit)
            throw new AttuneException($"{what}: the repository has changed while it was pulled (commit {Shown.Quoted(commit)}, before {Shown.Quoted(Commit)}); run the command again", AttuneErrorKind.Work);
        Commit = commit;
    }

    private static FileDigest? Digest(HubFile file, HubResponse response, string what)
    {
        var sent = FileDigest.Parse(response.Tag);
        if (sent is not null && file.Digest is { } listed && sent.IsGitBlob == listed.IsGitBlob && sent != listed)
            throw new AttuneException($"{what}: the hub lists the {listed.Kind} {listed.Hex} and sends {sent.Hex}; run the command again, and do not trust this server if it stays so", AttuneErrorKind.Work);
        return file.Digest ?? sent;
    }

    private static long? Size(HubFile file, HubResponse response, string what)
    {
        if (file.Bytes is { } listed && response.Size is { } sent && listed != sent)
            throw new AttuneException(string.Create(CultureInfo.InvariantCulture, $"{what}: the hub lists {listed} bytes and sends {sent}; run the command again"), AttuneErrorKind.Work);
        return file.Bytes ?? response.Size;
    }

    private static bool IsThere(string target, FileDigest digest, long? size, CancellationToken cancel) =>
        File.Exists(target) && (size is null || new FileInfo(target).Length == size) && digest.Matches(target, cancel);

    private void RequireSpace(long? bytes, string what)
    {
        var free = options.FreeBytes(folder.Path);
        if (bytes > free)
            throw new AttuneException(string.Create(CultureInfo.InvariantCulture, $"{what}: {bytes} bytes are to come and {free} are free on the disk of '{folder.Path}'; free space, or choose another folder with ATTUNE_MODELS"), AttuneErrorKind.Work);
    }

    private static FileStream Open(string partial, string what)
    {
        try
        {
            return new FileStream(partial, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        }
        catch (IOException e)
        {
            throw new AttuneException($"{what}: '{partial}' cannot be written ({e.Message.TrimEnd('.')}); is another pull at work?", AttuneErrorKind.Work, e);
        }
    }

    private static void Write(FileStream stream, ReadOnlySpan<byte> bytes, string what)
    {
        try
        {
            stream.Write(bytes);
        }
        catch (IOException e)
        {
            throw new AttuneException($"{what}: writing failed ({e.Message.TrimEnd('.')}); free space on the disk and run the command again: it goes on from here", AttuneErrorKind.Work, e);
        }
    }
}
