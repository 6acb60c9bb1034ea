namespace Attune.Tensors;

/// <summary>One of the machine's limits, as measured.</summary>
/// <param name="Instruction">What was measured with: "vdpbf16ps, 512 bits".</param>
/// <param name="OneThread">Float operations (2 for each multiply-add) or bytes in a second, on one thread.</param>
/// <param name="AllThreads">The same on all threads in use together.</param>
public sealed record MachineLimit(string Instruction, double OneThread, double AllThreads);
