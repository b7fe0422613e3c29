using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Microsoft.Azure.WebJobs.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Quorum.DurableTask.PostgreSql.Functions;

[assembly: WebJobsStartup(typeof(PostgresStartup), "DurableTaskPostgreSql")]

namespace Quorum.DurableTask.PostgreSql.Functions;

/// <summary>Registers the storage provider <c>postgresql</c> in the Functions host, which finds this class by the assembly
/// attribute.</summary>
public sealed class PostgresStartup : IWebJobsStartup
{
    public void Configure(IWebJobsBuilder builder) =>
        builder.Services.AddSingleton<IDurabilityProviderFactory, PostgresDurabilityProviderFactory>();
}
