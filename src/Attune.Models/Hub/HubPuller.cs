using System.Globalization;
using Attune.Tensors;

namespace Attune.Models.Hub;

/// <summary>
/// Fetches models from a server in the Hugging Face hub's layout: the list from <c>/api/models/{repository}/revision/{revision}</c>, files from
/// <c>/{repository}/resolve/{revision}/{file}</c>, with redirects, ETag, X-Linked-Etag, X-Linked-Size, X-Repo-Commit and range requests.
/// </summary>
public static class HubPuller
{
    /// <summary>Brings the chosen files of a repository into the cache. What is there whole stays; what is there in part is continued.</summary>
    /// <exception cref="AttuneException">
    /// The repository or a file is not there or not allowed (a wrong request), or the net, the disk or the server failed (the work); files that
    /// were whole by then stay.
    /// </exception>
    public static async Task<HubPull> Pull(HubReference reference, HubOptions options, CancellationToken cancel)
    {
        using var hub = new HubConnection(options);
        var listing = await List(hub, reference, options, cancel).ConfigureAwait(false);
        foreach (var file in listing.Files)
            RequireNotHostile(file.Path);
        var chosen = HubSelection.Of(listing.Files, options.Patterns, reference);
        foreach (var file in chosen)
            HubPath.Require(file.Path);
        var folder = new HubFolder(options.Cache, reference);
        Directory.CreateDirectory(folder.Path);
        var total = chosen.Sum(f => f.Bytes ?? 0);
        RequireSpace(chosen, folder, options);
        var (before, received, current) = (0L, 0L, "");
        var download = new HubDownload(hub, folder, reference, options, (done, came) =>
        {
            received += came;
            options.Progress?.Invoke(new HubProgress(current, before + done, Math.Max(total, before + done), received));
        }) { Commit = listing.Commit };
        var files = new List<HubPulledFile>();
        foreach (var file in chosen)
        {
            cancel.ThrowIfCancellationRequested();
            current = file.Path;
            files.Add(await download.Fetch(file, cancel).ConfigureAwait(false));
            before += files[^1].Bytes;
        }
        var pull = new HubPull(folder.Path, download.Commit, files);
        HubRecord.Write(folder, reference, pull, options.Endpoint);
        return pull;
    }

    private static async Task<HubListing> List(HubConnection hub, HubReference reference, HubOptions options, CancellationToken cancel)
    {
        var address = hub.Address($"api/models/{reference.Repository}/revision/{Uri.EscapeDataString(reference.Revision)}?blobs=true");
        var patience = new HubPatience(options);
        while (true)
        {
            try
            {
                return HubListing.Parse(await hub.GetAll(address, reference.ToString(), cancel).ConfigureAwait(false), address.Authority);
            }
            catch (HubTemporaryException e)
            {
                await patience.Again(e, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A name that leads elsewhere condemns the repository, whether the file was asked for or not.</summary>
    private static void RequireNotHostile(string name)
    {
        if (name.Split('/', '\\').Contains("..") || name.StartsWith('/') || name.Contains('\\', StringComparison.Ordinal) || name is [_, ':', ..] || name.Any(char.IsControl))
            HubPath.Require(name);
    }

    private static void RequireSpace(IReadOnlyList<HubFile> files, HubFolder folder, HubOptions options)
    {
        var missing = 0L;
        foreach (var file in files)
        {
            var target = folder.Target(file.Path);
            var there = File.Exists(target) ? new FileInfo(target).Length : folder.FindPartial(file.Path) is { } partial ? new FileInfo(partial).Length : 0;
            missing += Math.Max(0, (file.Bytes ?? 0) - there);
        }
        var free = options.FreeBytes(folder.Path);
        if (missing > free)
            throw new AttuneException(string.Create(CultureInfo.InvariantCulture, $"{missing} bytes are to come and {free} are free on the disk of '{folder.Path}'; free space, or choose another folder with ATTUNE_MODELS"), AttuneErrorKind.Work);
    }
}
