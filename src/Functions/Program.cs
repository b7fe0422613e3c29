using Microsoft.Azure.Functions.Worker.Builder;
using Quorum.Functions;

return await StartUp.RunAsync(() =>
{
    var builder = FunctionsApplication.CreateBuilder(args);
    builder.AddQuorum();
    return builder.Build();
});
