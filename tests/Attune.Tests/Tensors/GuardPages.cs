using System.Runtime.InteropServices;

namespace Attune.Tests.Tensors;

/// <summary>
/// Memory that ends where a page begins which nobody may touch, or starts behind one: reading or writing beyond it ends the process. Linux only.
/// </summary>
internal sealed unsafe partial class GuardPages : IDisposable
{
    private const int ReadWrite = 3;
    private const int PrivateAndAnonymous = 0x22;
    private static readonly nuint Page = (nuint)Environment.SystemPageSize;

    private readonly byte* pages;
    private readonly nuint all;

    /// <param name="bytes">How many bytes.</param>
    /// <param name="atEnd">Whether they end at the page behind them, else they start at the page before them.</param>
    public GuardPages(long bytes, bool atEnd = true)
    {
        var inner = ((nuint)Math.Max(1, bytes) + Page - 1) / Page * Page;
        all = inner + 2 * Page;
        pages = Map(null, all, ReadWrite, PrivateAndAnonymous, -1, 0);
        Assert.True(pages != (byte*)-1, "no pages to be had");
        Assert.Equal(0, Protect(pages, Page, 0));
        Assert.Equal(0, Protect(pages + Page + inner, Page, 0));
        Pointer = atEnd ? pages + Page + inner - bytes : pages + Page;
    }

    public static bool IsSupported => OperatingSystem.IsLinux();

    public byte* Pointer { get; }

    public float* Floats => (float*)Pointer;

    public void Dispose() => _ = Unmap(pages, all);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* Map(void* address, nuint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint bytes, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint bytes);
}
