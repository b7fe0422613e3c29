using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quorum.Functions.Batches;
using Quorum.Functions.Consumers;
using Quorum.Functions.Http;
using Quorum.Functions.Overload;
using Quorum.Functions.Prefetch;
using Quorum.Functions.Quotas;
using Quorum.Functions.Quotes;
using Quorum.Functions.Retention;
using Quorum.Functions.Settings;
using Quorum.Functions.Starting;
using Quorum.Functions.Telemetry;
using Quorum.Functions.Traces;
using Quorum.Providers;
using Quorum.Storage;

namespace Quorum.Functions;

/// <summary>The app's one registration, the same on every host.</summary>
public static class QuorumApplication
{
    /// <summary>Adds the services, settings and middleware that the app's functions need.</summary>
    public static TBuilder AddQuorum<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
    {
        IHostApplicationBuilder app = builder;
        app.Configuration.AddAppDefaults();
        app.Services.AddHostedService<UnknownSettings>();
        app.Services.AddWorkerJson();
        app.Services.AddStorage(app.Configuration);
        app.Services.AddSingleton<IQuotaLedger, SharedQuotas>();
        app.Services.AddProviders(app.Configuration);
        app.Services.AddQuotes(app.Configuration);
        app.Services.AddTraces(app.Configuration);
        app.Services.AddPrefetch(app.Configuration);
        app.Services.AddRetention(app.Configuration);
        app.Services.AddBatches(app.Configuration);
        app.Services.AddConsumers(app.Configuration);
        app.Services.AddOverloadProtection(app.Configuration);
        app.Services.AddWarmUp();
        app.AddTelemetry(builder);
        builder.UseWhen<RequestLog>(HttpInvocations.IsHttp);
        builder.UseWhen<UnhandledExceptions>(HttpInvocations.IsHttp);
        builder.UseWhen<WhileStarting>(HttpInvocations.IsHttp);
        builder.UseWhen<ConsumerKeys>(HttpInvocations.IsHttp);
        return builder;
    }
}
