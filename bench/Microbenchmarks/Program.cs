using BenchmarkDotNet.Running;
using Quorum.Microbenchmarks.Quotes;

// In this process: the program that BenchmarkDotNet would otherwise generate and build needs a project file named like its assembly, and
// builds all projects once more.
const string inProcess = "--inProcess";
BenchmarkSwitcher.FromAssembly(typeof(Normalizing).Assembly).Run(args.Contains(inProcess) ? args : [.. args, inProcess]);
