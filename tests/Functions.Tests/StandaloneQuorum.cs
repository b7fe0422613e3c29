using Quorum.StandaloneHost;

namespace Quorum.Functions.Tests;

/// <summary>The app on the standalone host, as its executable builds it.</summary>
internal static class StandaloneQuorum
{
    public static StandaloneApplicationBuilder CreateBuilder(string[] args) =>
        StandaloneApplication.CreateBuilder(args, typeof(QuorumApplication).Assembly).AddQuorum();
}
