using System.Globalization;
using Quorum.LocalServices;
using Quorum.LocalServices.Processes;

namespace Quorum.Harness;

/// <summary>The common frame of the programs in <c>bench/</c>: arguments, help, Ctrl+C and the exit code.</summary>
public static class BenchProgram
{
    private const int Success = 0,
        Failure = 1,
        BadUsage = 2,
        Stopped = 130;

    /// <param name="args">The command line.</param>
    /// <param name="usage">The text for <c>--help</c> and for invalid arguments.</param>
    /// <param name="parse">Throws a <see cref="FormatException"/> for invalid arguments.</param>
    /// <param name="runAsync">The work; returns <see langword="false"/> when its expectations failed.</param>
    /// <returns>The exit code: 0 success, 1 failed expectations, 2 invalid arguments, 130 stopped.</returns>
    public static async Task<int> RunAsync<TArguments>(
        IReadOnlyList<string> args,
        string usage,
        Func<IReadOnlyList<string>, TArguments> parse,
        Func<TArguments, CancellationToken, Task<bool>> runAsync
    )
    {
        if (args.Contains("--help") || args.Contains("-h"))
        {
            Console.WriteLine(usage);
            return Success;
        }

        TArguments arguments;
        try
        {
            arguments = parse(args);
        }
        catch (FormatException wrong)
        {
            await Console.Error.WriteLineAsync($"{wrong.Message}{Environment.NewLine}{usage}");
            return BadUsage;
        }

        using var stop = new StopRequest();
        try
        {
            return await runAsync(arguments, stop.Token) ? Success : Failure;
        }
        catch (LocalServiceException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return Failure;
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return Stopped;
        }
    }

    /// <summary>Reports progress on standard error, apart from the results.</summary>
    public static void Report(string progress) => Console.Error.WriteLine(progress);

    /// <summary>Parses the number after an option.</summary>
    /// <param name="args">All arguments.</param>
    /// <param name="at">The index of the number.</param>
    /// <param name="max">The maximum; the minimum is 1.</param>
    /// <exception cref="FormatException">The number is missing or out of range; the message is meant for the user.</exception>
    public static int Number(IReadOnlyList<string> args, int at, int max)
    {
        var text = at < args.Count ? args[at] : "";
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max
            ? number
            : throw new FormatException($"{args[at - 1]} must be a whole number from 1 to {max}; got \"{text}\".");
    }
}
