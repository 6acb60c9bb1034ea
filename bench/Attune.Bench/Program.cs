using BenchmarkDotNet.Running;

BenchmarkSwitcher.FromAssembly(typeof(Attune.Bench.MatrixProductBenchmarks).Assembly).Run(args);
