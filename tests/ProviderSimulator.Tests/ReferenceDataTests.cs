namespace Quorum.ProviderSimulator.Tests;

/// <summary>The app's reference data and the simulator were written apart; this is where they must meet.</summary>
public sealed class ReferenceDataTests
{
    [Fact]
    public void Every_spelling_in_the_reference_data_is_known_to_its_provider_as_the_same_instrument()
    {
        var providers = new Simulation(new SimulatorOptions(), TimeProvider.System).Providers;
        var lines = File.ReadAllLines(ReferenceFile());
        var columns = lines[0].Split(',');
        var faults = new List<string>();
        foreach (var cells in lines.Skip(1).Where(line => line.Length > 0).Select(Cells))
        {
            foreach (var wire in providers)
            {
                // A spelling may be followed by the unit of its prices.
                var (spelling, unit) = cells[Array.IndexOf(columns, wire.Provider.Name())].Split(' ') switch
                {
                    [var alone] => (alone, null),
                    [var first, var second, ..] => (first, second),
                    _ => ("", null),
                };
                if (spelling.Length > 0)
                {
                    Check(wire, spelling, unit, cells[Array.IndexOf(columns, "ticker")], cells[Array.IndexOf(columns, "mic")], faults);
                }
            }
        }

        Assert.Empty(faults);
    }

    private static void Check(IProviderWire wire, string spelling, string? unit, string ticker, string mic, List<string> faults)
    {
        var found = wire.Listings.Find(spelling);
        if (found is null || found.Ticker != ticker || (found.Venue.Mic != mic && !found.IsUnitedStates))
        {
            faults.Add($"{wire.Provider.Name()} takes {spelling} for {found?.Symbol ?? "nothing"}, not for {ticker}:{mic}.");
        }
        else if (unit is "GBX" or "GBp" != found.Venue.Unit is "GBX")
        {
            faults.Add($"{wire.Provider.Name()} quotes {spelling} in {found.Venue.Unit}, not in {unit ?? "the currency itself"}.");
        }
    }

    // Names may be quoted and hold commas.
    private static string[] Cells(string line)
    {
        var cells = new List<string>();
        var (start, quoted) = (0, false);
        for (var i = 0; i <= line.Length; i++)
        {
            if (i == line.Length || (line[i] == ',' && !quoted))
            {
                cells.Add(line[start..i].Trim('"'));
                start = i + 1;
            }
            else if (line[i] == '"')
            {
                quoted = !quoted;
            }
        }

        return [.. cells];
    }

    private static string ReferenceFile()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "src", "Storage", "Reference", "instruments.csv");
            if (File.Exists(file))
            {
                return file;
            }
        }

        throw new FileNotFoundException("src/Storage/Reference/instruments.csv is not above the tests' folder.");
    }
}
