using Quorum.Harness;

namespace Quorum.Faults;

/// <summary>The command line of the fault matrix.</summary>
internal sealed record FaultArguments
{
    public const string Usage = """
        dotnet run -c Release --project bench/Faults -- [options]
          --quick            8 requests a cell instead of 40, and fewer combinations of faults
          --only TEXT        cells whose name contains the text
          --chaos MINUTES    instead of the matrix: PostgreSQL and Azurite restarted every 5 to 40 s under load
          --overload RATE    instead of the matrix: this number of requests a second for 30 s (10 s with --quick), then a tenth of it
          --help             this text
        """;

    public bool Quick { get; private init; }

    public string Only { get; private init; } = "";

    /// <summary>The duration of the chaos run; 0 runs the matrix instead.</summary>
    public int ChaosMinutes { get; private init; }

    /// <summary>The rate of the overload run; 0 runs the matrix instead.</summary>
    public int OverloadRate { get; private init; }

    public int Requests => Quick ? 8 : 40;

    /// <summary>Returns true if a cell of this name is selected.</summary>
    public bool Wants(string cell) => cell.Contains(Only, StringComparison.OrdinalIgnoreCase);

    /// <exception cref="FormatException">An argument is unknown or invalid; the message is meant for the user.</exception>
    public static FaultArguments Parse(IReadOnlyList<string> args)
    {
        var parsed = new FaultArguments();
        for (var i = 0; i < args.Count; i++)
        {
            parsed = args[i] switch
            {
                "--quick" => parsed with { Quick = true },
                "--only" => parsed with { Only = ++i < args.Count ? args[i] : "" },
                "--chaos" => parsed with { ChaosMinutes = BenchProgram.Number(args, ++i, max: 60) },
                "--overload" => parsed with { OverloadRate = BenchProgram.Number(args, ++i, max: 50_000) },
                _ => throw new FormatException($"{args[i]} is unknown or lacks a value."),
            };
        }

        return parsed;
    }
}
