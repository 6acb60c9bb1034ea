using Attune.Evaluation.Comparison;
using Attune.Tensors;

namespace Attune.Tests.Evaluation.Comparison;

public sealed class FullDiskTests : ComparisonFixture
{
    /// <summary>From the third cell on, results.jsonl takes a few bytes of a line and then no more.</summary>
    [Fact]
    public void Run_DiskFullInALine_StopsWithWorkErrorAndResumes()
    {
        var (whole, request) = (Request("whole", ZeroShot(), Learner()), Request("full", ZeroShot(), Learner()));
        Run(whole);
        var appends = 0;
        Fails(request, (path, mode) => mode == FileMode.Append && ++appends == 3 ? new SmallDisk(RunFiles.Open(path, mode), 20) : RunFiles.Open(path, mode));
        Assert.Equal(2, ComparisonRunner.Read(request.Folder!).Cells.Count);
        Resumes(whole, request, 2);
    }

    [Fact]
    public void Run_DiskFullInPredictions_StopsWithWorkErrorAndResumes()
    {
        var (whole, request) = (Request("whole", ZeroShot(), Learner()), Request("full", ZeroShot(), Learner()));
        Run(whole);
        Fails(request, (path, mode) => path.EndsWith("learner-4-1.jsonl.partial", StringComparison.Ordinal) ? new SmallDisk(RunFiles.Open(path, mode), 100) : RunFiles.Open(path, mode));
        Resumes(whole, request, 5);
    }

    [SkippableFact]
    public void Run_DeviceFull_StopsWithWorkErrorAndResumes()
    {
        Skip.IfNot(File.Exists("/dev/full"), "the system has no /dev/full");
        var (whole, request) = (Request("whole", ZeroShot(), Learner()), Request("full", ZeroShot(), Learner()));
        Run(whole);
        var appends = 0;
        Fails(request, (path, mode) => mode == FileMode.Append && ++appends == 4 ? RunFiles.Open("/dev/full", FileMode.Open) : RunFiles.Open(path, mode));
        Resumes(whole, request, 3);
    }

    /// <summary>A method that meets a full disk is not to blame: the cell has not failed.</summary>
    [Fact]
    public void Run_DiskFullWhileFitting_StopsAndKeepsNoFailedCell()
    {
        var full = true;
        var request = Request("fit", ZeroShot(), new FakeMethod("writer") { LeastRows = 1, OnFit = _ => { if (full) throw SmallDisk.Full(); } });
        Assert.Equal(AttuneErrorKind.Work, Assert.ThrowsAny<AttuneException>(() => Run(request)).Kind);
        full = false;
        Assert.Equal(2, Run(request).Summary.Rows.Count);
    }

    private static void Fails(ComparisonRequest request, RunFiles.Opener open)
    {
        var error = Assert.ThrowsAny<AttuneException>(() => new ComparisonRun(request, null, null, new Recorder(), default, new ManualTime(), open).Run());
        Assert.Equal(AttuneErrorKind.Work, error.Kind);
        Assert.Contains("the disk is full", error.Message, StringComparison.Ordinal);
    }

    private static void Resumes(ComparisonRequest whole, ComparisonRequest request, int kept)
    {
        var observer = new Recorder();
        Run(request, observer);
        Assert.Equal(kept, observer.AlreadyDone);
        Assert.Equal(Comparable(whole), Comparable(request));
    }

    /// <summary>Takes so many bytes and then has no room.</summary>
    private sealed class SmallDisk(Stream inner, int room) : Stream
    {
        private int left = room;

        public static IOException Full() => new("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => inner.Length;
        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }
        public override void Flush() => inner.Flush();
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
            var fits = Math.Min(left, count);
            inner.Write(buffer, offset, fits);
            left -= fits;
            if (fits < count)
                throw Full();
        }

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
