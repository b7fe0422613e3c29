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
    await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, ["Quorum cannot start with these settings:", .. faults.Select(fault => $"  - {fault}")]));
    return failure;
}

try
{
    await app.RunAsync();
    return success;
}
catch (Exception exception) // The host has logged it.
{
    await Console.Error.WriteLineAsync($"Quorum cannot start: {exception.Message}");
    return failure;
}
