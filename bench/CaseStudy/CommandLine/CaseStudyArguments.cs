using Quorum.Harness;

namespace Quorum.CaseStudy.CommandLine;

/// <summary>The command line of the case study.</summary>
internal sealed record CaseStudyArguments
{
    public const string Usage = """
        dotnet run -c Release --project bench/CaseStudy -- [options]
          --requests N   requests one at a time, each variant (default 60; 1 to 10000)
          --seconds S    how long each rate of the open loop lasts (default 4; 1 to 60)
          --quick        10 requests, 1 second, fewer rates: shows that it runs, not how fast
          --help         this text
        """;

    private static readonly int[] AllRates = [25, 50, 100, 200, 300, 400, 600, 800];
    private static readonly int[] FewRates = [25, 100, 300];

    /// <summary>The number of sequential requests, for each variant.</summary>
    public int Requests { get; private init; } = 60;

    /// <summary>The duration of each rate.</summary>
    public TimeSpan Duration { get; private init; } = TimeSpan.FromSeconds(4);

    public bool Quick { get; private init; }

    /// <summary>Open-loop rates in requests per second, ascending.</summary>
    public IReadOnlyList<int> Rates => Quick ? FewRates : AllRates;

    /// <exception cref="FormatException">An argument is unknown or invalid; the message is meant for the user.</exception>
    public static CaseStudyArguments Parse(IReadOnlyList<string> args)
    {
        var parsed = new CaseStudyArguments();
        if (args.Contains("--quick"))
        {
            parsed = parsed with { Quick = true, Requests = 10, Duration = TimeSpan.FromSeconds(1) };
        }

        for (var i = 0; i < args.Count; i++)
        {
            parsed = args[i] switch
            {
                "--quick" => parsed,
                "--requests" => parsed with { Requests = BenchProgram.Number(args, ++i, max: 10_000) },
                "--seconds" => parsed with { Duration = TimeSpan.FromSeconds(BenchProgram.Number(args, ++i, max: 60)) },
                _ => throw new FormatException($"{args[i]} is unknown or lacks a value."),
            };
        }

        return parsed;
    }
}
