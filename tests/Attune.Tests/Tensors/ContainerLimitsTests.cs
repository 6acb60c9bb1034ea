using Attune.Tensors;

namespace Attune.Tests.Tensors;

/// <summary>Control groups as sample files in a folder that stands for "/".</summary>
public sealed class ContainerLimitsTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("attune-cgroup-").FullName;

    [Fact]
    public void Read_VersionTwo_GivesQuotaAndMemory()
    {
        Write("proc/self/cgroup", "0::/user.slice/box\n");
        Write("sys/fs/cgroup/user.slice/box/cpu.max", "150000 100000\n");
        Write("sys/fs/cgroup/user.slice/box/memory.max", "536870912\n");
        Assert.Equal(new ContainerLimits(536870912, 1.5), ContainerLimits.Read(root));
    }

    [Fact]
    public void Read_VersionTwoWithoutLimits_GivesNone()
    {
        Write("proc/self/cgroup", "0::/\n");
        Write("sys/fs/cgroup/cpu.max", "max 100000\n");
        Write("sys/fs/cgroup/memory.max", "max\n");
        Assert.Equal(new ContainerLimits(null, null), ContainerLimits.Read(root));
    }

    [Fact]
    public void Read_LimitOfAGroupAbove_CountsWhereItIsTighter()
    {
        Write("proc/self/cgroup", "0::/a/b\n");
        Write("sys/fs/cgroup/a/memory.max", "1000\n");
        Write("sys/fs/cgroup/a/b/memory.max", "2000\n");
        Write("sys/fs/cgroup/a/cpu.max", "400000 100000\n");
        Write("sys/fs/cgroup/a/b/cpu.max", "50000 100000\n");
        Assert.Equal(new ContainerLimits(1000, 0.5), ContainerLimits.Read(root));
    }

    [Fact]
    public void Read_InsideAContainer_FindsTheGroupAtTheRoot()
    {
        // The path is the host's; inside, the group's files stand at the mount.
        Write("proc/self/cgroup", "0::/../../docker/4f1\n");
        Write("sys/fs/cgroup/memory.max", "3000\n");
        Assert.Equal(3000, ContainerLimits.Read(root).MemoryBytes);
    }

    [Fact]
    public void Read_VersionOne_GivesQuotaAndMemory()
    {
        Write("proc/self/cgroup", "4:memory:/box\n3:cpu,cpuacct:/box\n1:name=systemd:/\n");
        Write("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "200000\n");
        Write("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "100000\n");
        Write("sys/fs/cgroup/memory/box/memory.limit_in_bytes", "268435456\n");
        // The root's own figure means no limit.
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        Assert.Equal(new ContainerLimits(268435456, 2), ContainerLimits.Read(root));
    }

    [Fact]
    public void Read_VersionOneWithoutQuota_GivesNone()
    {
        Write("proc/self/cgroup", "3:cpu:/\n");
        Write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
        Write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
        Assert.Null(ContainerLimits.Read(root).Processors);
    }

    [Fact]
    public void Read_NoSuchFilesOrRubbish_GivesNone()
    {
        Assert.Equal(new ContainerLimits(null, null), ContainerLimits.Read(root));
        Write("proc/self/cgroup", "rubbish\n0::/\n::\n");
        Write("sys/fs/cgroup/cpu.max", "a b c\n");
        Write("sys/fs/cgroup/memory.max", "-5\n");
        Assert.Equal(new ContainerLimits(null, null), ContainerLimits.Read(root));
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    private void Write(string path, string text)
    {
        var whole = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        File.WriteAllText(whole, text);
    }
}
