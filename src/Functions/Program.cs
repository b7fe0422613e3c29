using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Quorum.Functions;
using Quorum.Functions.Settings;

const int success = 0, failure = 1;

IHost app;
try
{
    app = App.CreateBuilder(args).Build();
    app.Services.GetService<IStartupValidator>()?.Validate();
}
catch (Exception exception) when (SettingFaults.Of(exception) is { Count: > 0 } faults)
{
    await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, ["Quorum cannot start:", .. faults.Select(fault => $"  - {fault}")]));
    return failure;
}

var life = app.Services.GetRequiredService<IHostApplicationLifetime>();
try
{
    await app.RunAsync();
    return success;
}
catch (OperationCanceledException) when (life.ApplicationStopping.IsCancellationRequested)
{
    return success; // Asked to stop before it had started.
}
catch (Exception exception) when (!life.ApplicationStarted.IsCancellationRequested) // The log has the whole of it, where there is one yet.
{
    await Console.Error.WriteLineAsync($"Quorum cannot start: {exception.Message}");
    return failure;
}
