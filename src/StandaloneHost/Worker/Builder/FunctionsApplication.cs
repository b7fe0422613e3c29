using System.Reflection;
using System.Runtime.CompilerServices;
using Quorum.StandaloneHost.Hosting;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Where a functions app starts.</summary>
public class FunctionsApplication
{
    /// <summary>A builder for the app that the calling assembly is: its public classes declare the functions.</summary>
    /// <param name="args">The command line; <c>--port N</c> and whatever is configuration.</param>
    [MethodImpl(MethodImplOptions.NoInlining)] // or the caller would not be the app
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) =>
        new(args, new AppToRun { Types = Assembly.GetCallingAssembly().GetExportedTypes() });
}
