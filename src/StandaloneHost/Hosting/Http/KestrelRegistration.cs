using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>Lets Kestrel register its services without ASP.NET's request pipeline, whose cost per request
/// an app of functions gets nothing for.</summary>
internal sealed class KestrelRegistration(IServiceCollection services, IConfiguration configuration) : IWebHostBuilder
{
    public IWebHostBuilder ConfigureServices(Action<IServiceCollection> configureServices)
    {
        configureServices(services);
        return this;
    }

    public IWebHostBuilder ConfigureServices(Action<WebHostBuilderContext, IServiceCollection> configureServices)
    {
        configureServices(new WebHostBuilderContext { Configuration = configuration }, services);
        return this;
    }

    public string? GetSetting(string key) => configuration[key];

    public IWebHostBuilder UseSetting(string key, string? value)
    {
        configuration[key] = value;
        return this;
    }

    public IWebHostBuilder ConfigureAppConfiguration(Action<WebHostBuilderContext, IConfigurationBuilder> configureDelegate) =>
        throw new NotSupportedException("Only services are registered here.");

#pragma warning disable ASPDEPR008 // the interface still has the member
    public IWebHost Build() => throw new NotSupportedException("Only services are registered here.");
#pragma warning restore ASPDEPR008
}
