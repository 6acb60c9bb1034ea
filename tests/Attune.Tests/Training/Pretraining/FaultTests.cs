using System.Text.Json.Nodes;
using Attune.Tensors;
using Attune.Training;
using Attune.Training.Pretraining;

namespace Attune.Tests.Training.Pretraining;

public sealed class FaultTests : IDisposable
{
    private readonly TinyPretraining tiny = new();

    [Theory]
    [InlineData("state.safetensors")]
    [InlineData("state.json")]
    [InlineData("checksums.txt")]
    public void Run_DiskFullAtACheckpoint_KeepsTheFormerAndGoesOnLater(string file)
    {
        var whole = TinyPretraining.Weights(Pretrainer.Run(tiny.Request("whole"), new PretrainingRecorder(), default));
        var error = Assert.Throws<AttuneException>(() => Pretrainer.Run(tiny.Request("full"), new PretrainingRecorder(), default,
            path => path.EndsWith(Path.Combine("step-4.partial", file), StringComparison.Ordinal) ? new FullDisk(File.Create(path), 40) : File.Create(path)));
        Assert.Equal(AttuneErrorKind.Work, error.Kind);
        Assert.Contains("the checkpoint of step 4 cannot be written", error.Message, StringComparison.Ordinal);
        Assert.Contains("the disk is full; the checkpoint of step 2 is as it was", error.Message, StringComparison.Ordinal);
        Assert.Equal(["step-2"], Directory.GetDirectories(Path.Combine(tiny["full"], "checkpoints")).Select(d => Path.GetFileName(d)!));
        var rest = new PretrainingRecorder();
        Assert.Equal(whole, TinyPretraining.Weights(Pretrainer.Run(tiny.Request("full"), rest, default)));
        Assert.Equal(2, rest.First);
    }

    [Fact]
    public void Watch_NormsThatExplode_StopsAtTheFifthInARow()
    {
        var watch = new DivergenceWatch();
        for (var step = 1; step <= 20; step++)
            watch.Add(step, 1 + 0.01 * step, () => "w");
        watch.Add(21, 5000, () => "w");
        Assert.True(watch.IsSuspicious);
        watch.Add(22, 1, () => "w");
        Assert.False(watch.IsSuspicious);
        for (var step = 23; step < 27; step++)
            watch.Add(step, 5000, () => "w");
        var error = Assert.Throws<DivergedException>(() => watch.Add(27, 6000, () => "layers.1.up"));
        Assert.Contains("at step 27", error.Message, StringComparison.Ordinal);
        Assert.Contains("longest in layers.1.up", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_TooLittleText_SaysHowMuchThereIsAndIsNeeded()
    {
        var error = Assert.Throws<AttuneException>(() => Pretrainer.Run(tiny.Request("run", TinyPretraining.Plan with { TokensPerStep = 1_000_000 }), new PretrainingRecorder(), default));
        Assert.Matches(@"^the source 'text' has \d+ tokens for training, and a step takes 1000000 of it", error.Message);
    }

    [Theory]
    [InlineData("t5")]
    [InlineData("mamba")]
    [InlineData("gpt2")]
    [InlineData("qwen3")]
    public void Run_OfOtherArchitectures_Trains(string type)
    {
        var configuration = type switch
        {
            "t5" => Parse("""{"model_type":"t5","d_model":16,"d_ff":24,"d_kv":8,"num_heads":2,"num_layers":1,"num_decoder_layers":1,"relative_attention_num_buckets":8,"relative_attention_max_distance":20,"decoder_start_token_id":0}"""),
            "mamba" => Parse("""{"model_type":"mamba","hidden_size":16,"state_size":4,"conv_kernel":4,"expand":2,"time_step_rank":4,"num_hidden_layers":1}"""),
            "gpt2" => Parse("""{"model_type":"gpt2","n_embd":16,"n_layer":1,"n_head":2}"""),
            _ => Parse("""{"model_type":"qwen3","hidden_size":16,"intermediate_size":24,"num_hidden_layers":1,"num_attention_heads":2,"num_key_value_heads":1,"head_dim":8}"""),
        };
        var recorder = new PretrainingRecorder();
        var plan = TinyPretraining.Plan with { Configuration = configuration, Steps = 30, Optimizer = new OptimizerPlan { Rate = 0.01 }, Schedule = new SchedulePlan { Shape = RateShape.Constant }, Checkpoint = new CheckpointPlan { Every = 30 }, Evaluation = new EvaluationPlan { Every = 0 } };
        var result = Pretrainer.Run(tiny.Request(type, plan), recorder, default);
        Assert.True(recorder.Steps[^1].Loss < recorder.Steps[0].Loss - 1, FormattableString.Invariant($"from {recorder.Steps[0].Loss} to {recorder.Steps[^1].Loss}"));
        using var loaded = Attune.Models.Loading.ModelLoader.LoadLanguageModel(result.ModelFolder);
        Assert.Equal(270, loaded.Transformer.Vocabulary);
    }

    [Fact]
    public void Run_InAFolderThatIsInUse_IsRefused()
    {
        using var held = RunLock.Take(tiny["run"]);
        Assert.Contains("another training", Assert.Throws<AttuneException>(() => Pretrainer.Run(tiny.Request("run"), new PretrainingRecorder(), default)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => tiny.Dispose();

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    private static JsonObject Configuration(params object[] changes)
    {
        var configuration = TinyPretraining.Plan.Configuration.DeepClone().AsObject();
        for (var i = 0; i < changes.Length; i += 2)
            configuration[(string)changes[i]] = (int)changes[i + 1];
        return configuration;
    }

    /// <summary>Takes so many bytes and then has no room.</summary>
    private sealed class FullDisk(Stream inner, int room) : Stream
    {
        private int left = room;

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
                throw new IOException("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);
        }

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
