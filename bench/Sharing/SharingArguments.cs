using Quorum.Harness;

namespace Quorum.Sharing;

/// <summary>The command line of the sharing benchmark.</summary>
internal sealed record SharingArguments
{
    public const string Usage = """
        dotnet run -c Release --project bench/Sharing -- [options]
          --quotas MINUTES     callers, a batch and prefetch compete for the six free plans, in two processes
          --watchlist MINUTES  50 watched symbols are read through two processes, within the paid plans
          --help               this text
        """;

    /// <summary>The duration of the quota run; 0 leaves it out.</summary>
    public int QuotaMinutes { get; private init; }

    /// <summary>The duration of the watchlist run; 0 leaves it out.</summary>
    public int WatchlistMinutes { get; private init; }

    /// <exception cref="FormatException">An argument is unknown or invalid; the message is meant for the user.</exception>
    public static SharingArguments Parse(IReadOnlyList<string> args)
    {
        var parsed = new SharingArguments();
        for (var i = 0; i < args.Count; i++)
        {
            parsed = args[i] switch
            {
                "--quotas" => parsed with { QuotaMinutes = BenchProgram.Number(args, ++i, max: 600) },
                "--watchlist" => parsed with { WatchlistMinutes = BenchProgram.Number(args, ++i, max: 600) },
                _ => throw new FormatException($"{args[i]} is unknown or lacks a value."),
            };
        }

        return parsed is { QuotaMinutes: 0, WatchlistMinutes: 0 }
            ? throw new FormatException("--quotas or --watchlist must be given.")
            : parsed;
    }
}
