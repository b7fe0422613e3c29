using System.Globalization;
using Quorum.LocalServices;

namespace Quorum.Surroundings;

/// <summary>What every program of <c>bench/</c> does around its work: arguments, help, Ctrl+C and the exit code.</summary>
public static class BenchProgram
{
    private const int Success = 0,
        Failure = 1,
        BadUsage = 2,
        Stopped = 130;

    /// <param name="args">As typed.</param>
    /// <param name="usage">Told with <c>--help</c>, and to who typed something else than it says.</param>
    /// <param name="parse">Throws a <see cref="FormatException"/> for what it does not understand.</param>
    /// <param name="runAsync">The work; <see langword="false"/> when it came to something else than it should.</param>
    /// <returns>The exit code: 0 as it should be, 1 not so, 2 wrong arguments, 130 stopped.</returns>
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

    /// <summary>Says how far the work is, beside its results.</summary>
    public static void Report(string progress) => Console.Error.WriteLine(progress);

    /// <summary>The number after an option.</summary>
    /// <param name="args">All arguments.</param>
    /// <param name="at">Where the number should be.</param>
    /// <param name="most">The largest that is taken; the smallest is 1.</param>
    /// <exception cref="FormatException">There is none; the message is for the one who typed it.</exception>
    public static int Number(IReadOnlyList<string> args, int at, int most)
    {
        var text = at < args.Count ? args[at] : "";
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most
            ? number
            : throw new FormatException($"{args[at - 1]} needs a whole number from 1 to {most}, not \"{text}\".");
    }
}
