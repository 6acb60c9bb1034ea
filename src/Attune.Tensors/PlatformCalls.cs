using System.Runtime.InteropServices;

namespace Attune.Tensors;

/// <summary>Every call to the operating system that the engine makes. Linux is tested; the others are written by their documentation.</summary>
internal static unsafe partial class PlatformCalls
{
    private const int ReadWrite = 3;
    private const int ReadExecute = 5;
    private const int PrivateMapping = 2;
    private const uint WindowsCommitAndReserve = 0x3000;
    private const uint WindowsRelease = 0x8000;
    private const uint WindowsReadWrite = 0x04;
    private const uint WindowsExecuteRead = 0x20;

    /// <summary>For tests: the calling thread is refused executable pages, as by a hardened system.</summary>
    [ThreadStatic] internal static bool RefusesExecutablePages;

    private static int AnonymousMapping => OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD() ? 0x1000 : 0x20;

    /// <summary>Fresh pages that can be written and not executed; null if the system gives none.</summary>
    public static void* WritablePages(nuint bytes)
    {
        if (OperatingSystem.IsWindows())
            return VirtualAlloc(null, bytes, WindowsCommitAndReserve, WindowsReadWrite);
        var pages = Map(null, bytes, ReadWrite, PrivateMapping | AnonymousMapping, -1, 0);
        return pages == (void*)-1 ? null : pages;
    }

    /// <summary>Makes pages executable and no longer writable; false if the system forbids it.</summary>
    public static bool MakeExecutable(void* pages, nuint bytes)
    {
        if (RefusesExecutablePages)
            return false;
        if (!OperatingSystem.IsWindows())
            return Protect(pages, bytes, ReadExecute) == 0;
        return VirtualProtect(pages, bytes, WindowsExecuteRead, out _) && FlushInstructionCache(CurrentProcess(), pages, bytes);
    }

    public static void FreePages(void* pages, nuint bytes)
    {
        if (OperatingSystem.IsWindows())
            VirtualFree(pages, 0, WindowsRelease);
        else
            _ = Unmap(pages, bytes);
    }

    /// <summary>The processor that the calling thread runs on (Linux).</summary>
    [LibraryImport("libc", EntryPoint = "sched_getcpu")]
    public static partial int CurrentProcessor();

    /// <summary>The processors that a thread (0: the caller) may run on (Linux).</summary>
    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    public static partial int GetAffinity(int thread, nuint bytes, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    public static partial int SetAffinity(int thread, nuint bytes, ulong* mask);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint bytes, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint bytes);

    [LibraryImport("kernel32")]
    private static partial void* VirtualAlloc(void* address, nuint bytes, uint kind, uint protection);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualProtect(void* address, nuint bytes, uint protection, out uint before);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualFree(void* address, nuint bytes, uint kind);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushInstructionCache(nint process, void* address, nuint bytes);

    [LibraryImport("kernel32", EntryPoint = "GetCurrentProcess")]
    private static partial nint CurrentProcess();
}
