using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Attune.Tensors.MachineCode;

/// <summary>
/// A routine of machine code on pages of its own, called as <c>delegate* unmanaged[SuppressGCTransition]&lt;void*, void&gt;</c>: short, never blocking,
/// never calling back. It lives as long as the process. The pages are written, then made executable; they are never both.
/// </summary>
internal static unsafe class Routine
{
    private const int PageBytes = 4096;

    private static readonly AssemblerRegisterXMM[] CallerVectors = [xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15];

    /// <summary>
    /// Assembles a routine. <paramref name="body"/> finds its argument in rax and may use rbx, rcx, rdx, rsi, rdi, r8–r11 and all vector registers; it falls through
    /// at its end. Returns null if the system refuses executable pages.
    /// </summary>
    public static delegate* unmanaged[SuppressGCTransition]<void*, void> Assemble(Action<Assembler> body)
    {
        var assembler = new Assembler(64);
        // The argument comes in rdi (System V) or rcx (Windows), where xmm6 to xmm15 are the caller's besides.
        var windows = OperatingSystem.IsWindows();
        assembler.mov(rax, windows ? rcx : rdi);
        assembler.push(rbx);
        assembler.push(rsi);
        assembler.push(rdi);
        if (windows)
            SaveVectors(assembler);
        body(assembler);
        assembler.vzeroupper();
        if (windows)
            RestoreVectors(assembler);
        assembler.pop(rdi);
        assembler.pop(rsi);
        assembler.pop(rbx);
        assembler.ret();
        using var code = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(code), 0);
        return (delegate* unmanaged[SuppressGCTransition]<void*, void>)Place(code.GetBuffer().AsSpan(0, (int)code.Length));
    }

    /// <summary>As <see cref="Assemble"/>, where it was seen before that the system gives executable pages.</summary>
    /// <exception cref="AttuneException">It gives none any more.</exception>
    public static delegate* unmanaged[SuppressGCTransition]<void*, void> Require(Action<Assembler> body)
    {
        var routine = Assemble(body);
        return routine is not null ? routine
            : throw new AttuneException("the system gives no more executable pages for the engine's machine code; free memory, or set ATTUNE_KERNELS=simd to work without it", AttuneErrorKind.Work);
    }

    private static void* Place(ReadOnlySpan<byte> code)
    {
        var bytes = (nuint)(code.Length + PageBytes - 1) / PageBytes * PageBytes;
        var pages = PlatformCalls.WritablePages(bytes);
        if (pages is null)
            return null;
        code.CopyTo(new Span<byte>(pages, code.Length));
        if (PlatformCalls.MakeExecutable(pages, bytes))
            return pages;
        PlatformCalls.FreePages(pages, bytes);
        return null;
    }

    private static void SaveVectors(Assembler assembler)
    {
        assembler.sub(rsp, CallerVectors.Length * 16);
        for (var i = 0; i < CallerVectors.Length; i++)
            assembler.vmovups(__xmmword_ptr[rsp + i * 16], CallerVectors[i]);
    }

    private static void RestoreVectors(Assembler assembler)
    {
        for (var i = 0; i < CallerVectors.Length; i++)
            assembler.vmovups(CallerVectors[i], __xmmword_ptr[rsp + i * 16]);
        assembler.add(rsp, CallerVectors.Length * 16);
    }
}
