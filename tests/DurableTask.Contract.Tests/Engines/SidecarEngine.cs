using DurableTask.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing.Sidecar.Grpc;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Quorum.DurableTask.Contract.Tests.Engines;

/// <summary>An orchestration service behind InProcessTestHost's gRPC server, with the real gRPC worker and the real gRPC client.</summary>
public abstract class SidecarEngine : Engine
{
    private WebApplication? _sidecar;
    private GrpcChannel? _channel;
    private IHost? _worker;

    public override async Task DisposeAsync()
    {
        if (_worker is not null)
        {
            await _worker.StopAsync();
            _worker.Dispose();
        }

        _channel?.Dispose();
        if (_sidecar is not null)
        {
            await _sidecar.StopAsync();
            await _sidecar.DisposeAsync();
        }
    }

    /// <summary>Creates the service under test, ready to be started.</summary>
    protected abstract Task<IOrchestrationService> CreateServiceAsync();

    protected override async Task<DurableTaskClient> StartAsync()
    {
        _sidecar = await StartSidecarAsync(await CreateServiceAsync());
        var address = _sidecar.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { MaxReceiveMessageSize = null, MaxSendMessageSize = null });
        _worker = BuildWorker(_channel);
        await _worker.StartAsync();
        return _worker.Services.GetRequiredService<DurableTaskClient>();
    }

    private static async Task<WebApplication> StartSidecarAsync(IOrchestrationService service)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = null);
        builder.Services.AddSingleton(service);
        builder.Services.AddSingleton((IOrchestrationServiceClient)service);
        builder.Services.AddSingleton<TaskHubGrpcServer>();
        var sidecar = builder.Build();
        sidecar.MapGrpcService<TaskHubGrpcServer>();
        await sidecar.StartAsync();
        return sidecar;
    }

    private IHost BuildWorker(GrpcChannel channel)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(Log);
        builder.Services.AddSingleton<Microsoft.DurableTask.Worker.IExceptionPropertiesProvider, InsufficientFundsProperties>();
        var worker = new DefaultDurableTaskWorkerBuilder(name: null, builder.Services);
        worker.UseGrpc(channel);
        builder.Services.AddSingleton(provider =>
            (IHostedService)ActivatorUtilities.CreateInstance(provider, worker.BuildTarget!, worker.Name, Tasks)
        );
        builder.Services.AddDurableTaskClient(client =>
        {
            client.UseGrpc(channel);
            client.RegisterDirectly();
        });
        return builder.Build();
    }
}
