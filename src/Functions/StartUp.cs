using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Quorum.Functions.Settings;

namespace Quorum.Functions;

/// <summary>Runs the app as a program.</summary>
public static class StartUp
{
    private const int Success = 0,
        Failure = 1;

    /// <summary>Builds and runs the app. Writes what keeps it from starting to the error output, one line for each wrong setting.</summary>
    /// <returns>The exit code: 1 when the app could not start, else 0.</returns>
    public static async Task<int> RunAsync(Func<IHost> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        IHost app;
        try
        {
            app = build();
            app.Services.GetService<IStartupValidator>()?.Validate();
        }
        catch (Exception exception) when (SettingFaults.Of(exception) is { Count: > 0 } faults)
        {
            await System.Console.Error.WriteLineAsync(
                string.Join(Environment.NewLine, ["Quorum cannot start:", .. faults.Select(fault => $"  - {fault}")])
            );
            return Failure;
        }

        var life = app.Services.GetRequiredService<IHostApplicationLifetime>();
        try
        {
            await app.RunAsync();
            return Success;
        }
        catch (OperationCanceledException) when (life.ApplicationStopping.IsCancellationRequested)
        {
            return Success; // Asked to stop before it had started.
        }
        catch (Exception exception) when (!life.ApplicationStarted.IsCancellationRequested) // The log has the whole of it, where there is one yet.
        {
            await System.Console.Error.WriteLineAsync($"Quorum cannot start: {SettingFaults.WithoutCredentials(exception.Message)}");
            return Failure;
        }
    }
}
