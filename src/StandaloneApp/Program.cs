using Quorum.Functions;
using Quorum.StandaloneHost;

return await StartUp.RunAsync(() =>
{
    var builder = StandaloneApplication.CreateBuilder(args, typeof(QuorumApplication).Assembly);
    builder.HomePage = "console";
    builder.AddQuorum();
    return builder.Build();
});
