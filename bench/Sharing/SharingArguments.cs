using Quorum.Surroundings;

namespace Quorum.Sharing;

/// <summary>What the caller wants to see.</summary>
internal sealed record SharingArguments
{
    public const string Usage = """
        dotnet run -c Release --project bench/Sharing -- [options]
          --quotas MINUTES     callers, a batch and prefetch compete for the six free plans, in two processes
          --watchlist MINUTES  50 watched symbols are read through two processes, within the paid plans
          --help               this text
        """;

    /// <summary>0: not asked for.</summary>
    public int QuotaMinutes { get; private init; }

    /// <summary>0: not asked for.</summary>
    public int WatchlistMinutes { get; private init; }

    /// <exception cref="FormatException">An argument is unknown or wrong; the message is for the one who typed it.</exception>
    public static SharingArguments Parse(IReadOnlyList<string> args)
    {
        var parsed = new SharingArguments();
        for (var i = 0; i < args.Count; i++)
        {
            parsed = args[i] switch
            {
                "--quotas" => parsed with { QuotaMinutes = BenchProgram.Number(args, ++i, most: 600) },
                "--watchlist" => parsed with { WatchlistMinutes = BenchProgram.Number(args, ++i, most: 600) },
                _ => throw new FormatException($"{args[i]} is not understood."),
            };
        }

        return parsed is { QuotaMinutes: 0, WatchlistMinutes: 0 } ? throw new FormatException("Say what to look at.") : parsed;
    }
}
