using Quorum.DevHost.CommandLine;
using Quorum.LocalServices.Processes;

using var stop = new StopRequest();
return await DevHostCommandLine.RunAsync(args, stop.Token);
