using System.Reflection;
using Quorum.StandaloneHost.Hosting;

namespace Quorum.StandaloneHost;

/// <summary>The start of a functions app that runs in one process, without the Functions host.</summary>
public static class StandaloneApplication
{
    /// <summary>Creates a builder for the functions of an assembly.</summary>
    /// <param name="args">The command line: <c>--port N</c>, and settings.</param>
    /// <param name="functions">The assembly whose public classes declare the functions.</param>
    public static StandaloneApplicationBuilder CreateBuilder(string[] args, Assembly functions)
    {
        ArgumentNullException.ThrowIfNull(functions);
        return new StandaloneApplicationBuilder(args, new AppToRun { Types = functions.GetExportedTypes() });
    }
}
