using Attune.Data;
using Attune.Models;

namespace Attune.Methods;

/// <summary>What an intervention may use while predicting: the models and the task, never labels of the rows at hand.</summary>
public sealed record PredictionTools(TaskSpec Task, LanguageModel? Model, SentenceEncoder? Encoder, CancellationToken Cancellation);
