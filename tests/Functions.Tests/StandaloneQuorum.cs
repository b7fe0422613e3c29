using Quorum.StandaloneHost;

namespace Quorum.Functions.Tests;

/// <summary>The app on the standalone host, as its executable builds it.</summary>
internal static class StandaloneQuorum
{
    public static StandaloneApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = StandaloneApplication.CreateBuilder(args, typeof(QuorumApplication).Assembly);
        builder.HomePage = "console";
        return builder.AddQuorum();
    }
}
