using Attune.Bench;
using BenchmarkDotNet.Running;

if (args is ["tokenizers", var tokenizer, var text])
    TokenizerRun.Print(tokenizer, text);
else
    BenchmarkSwitcher.FromAssembly(typeof(MatrixProductBenchmarks).Assembly).Run(args);
