using System.Runtime.CompilerServices;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Quorum.Functions.Batches;
using Quorum.Functions.Http;
using Quorum.Functions.Overload;
using Quorum.Functions.Prefetch;
using Quorum.Functions.Quotas;
using Quorum.Functions.Quotes;
using Quorum.Functions.Retention;
using Quorum.Functions.Settings;
using Quorum.Functions.Telemetry;
using Quorum.Providers;
using Quorum.Storage;

namespace Quorum.Functions;

/// <summary>What the app is made of.</summary>
internal static class App
{
    [MethodImpl(MethodImplOptions.NoInlining)] // The functions are those of the assembly that asks for the builder.
    public static FunctionsApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        builder.Configuration.AddAppDefaults();
        builder.Services.AddHostedService<UnknownSettings>();
        builder.Services.AddWorkerJson();
        builder.Services.AddStorage(builder.Configuration);
        builder.Services.AddSingleton<IQuotaLedger, SharedQuotas>();
        builder.Services.AddProviders(builder.Configuration);
        builder.Services.AddQuotes(builder.Configuration);
        builder.Services.AddPrefetch(builder.Configuration);
        builder.Services.AddRetention(builder.Configuration);
        builder.Services.AddBatches(builder.Configuration);
        builder.Services.AddOverloadProtection(builder.Configuration);
        builder.AddTelemetry();
        return builder;
    }
}
