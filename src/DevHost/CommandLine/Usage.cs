namespace Quorum.DevHost.CommandLine;

/// <summary>The text of <c>--help</c>.</summary>
internal static class Usage
{
    public const string Text = """
        Starts Quorum on this machine with all it needs.

        dotnet run --project src/DevHost [-- OPTIONS]
            Serves until Ctrl+C. A second start finds the data of the first.
              --port N           where it listens on 127.0.0.1
                                 (default: FUNCTIONS_HTTP_PORT in the environment, else 7071)

        dotnet run --project src/DevHost -- quote SYMBOL [OPTIONS]
            Asks one quote on free ports, prints its JSON and stops everything.
              --budget MS        how long the quote may take, 50 to 10000 (default 5000)
              --providers A,B    asks only these

        dotnet run --project src/DevHost -- batch FILE [OPTIONS]
            Asks for the symbols in the first column of a CSV file, writes a line for each and stops everything.
              --output FILE      where to: .csv, or .jsonl for JSON lines with all details (default: CSV to standard output)

        --data FOLDER            where data and logs are kept (default: .quorum at the repository's root)
        -h, --help               this text

        What the environment gives is used, the rest is started:
          ConnectionStrings__Quorum        PostgreSQL (else one from npm)
          AzureWebJobsStorage              the queues' storage account (else Azurite from npm)
          Providers__<Id>__BaseAddress     one provider (else the simulator); also __ApiKey, __ApiSecret.
                                           Ids: Finnhub AlphaVantage TwelveData Massive Alpaca Eodhd

        Exit code: 0; 1 when something failed; 2 when the command line is wrong; 3 when symbols of a batch have no quote;
                   130 when stopped before it was done.
        """;
}
