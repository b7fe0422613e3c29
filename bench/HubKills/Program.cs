using System.Globalization;
using Quorum.HubKills;
using Quorum.HubKills.Kills;
using Quorum.HubKills.Seeds;

const string Usage = """
    HubKills kills [SECONDS]       two workers on one hub, one of them killed every few seconds (default 300 s)
    HubKills table [KILLS [LEASE_SECONDS [POINT]]]   kills at every point of two processes' work, or at those that contain a text, as a table
                                   (default 1,000 kills, lease 10 s)
    HubKills history               start-to-finish latency with 1,000,000 history rows beside an empty hub's
    HubKills seeds [COUNT [FIRST]] faults at the requests to PostgreSQL, chosen by seeds (default 10,000 from 1)
    HubKills worker CONNECTION LEASE_SECONDS   one worker; ends when its standard input closes
    """;

switch (args)
{
    case ["worker", var connection, var leaseSeconds]:
        await WorkerProcess.RunAsync(connection, TimeSpan.FromSeconds(int.Parse(leaseSeconds, CultureInfo.InvariantCulture)));
        return 0;
    case ["kills"]:
        return await KillCampaign.RunAsync(TimeSpan.FromMinutes(5)) ? 0 : 1;
    case ["kills", var seconds] when int.TryParse(seconds, CultureInfo.InvariantCulture, out var duration):
        return await KillCampaign.RunAsync(TimeSpan.FromSeconds(duration)) ? 0 : 1;
    case ["table", .. var rest] when rest.Length <= 3 && rest.Take(2).All(text => int.TryParse(text, CultureInfo.InvariantCulture, out _)):
        var sizes = rest.Take(2).Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return await KillTable.RunAsync(
            sizes.ElementAtOrDefault(0) is > 0 and var kills ? kills : 1000,
            TimeSpan.FromSeconds(sizes.ElementAtOrDefault(1) is > 0 and var lease ? lease : 10),
            rest.ElementAtOrDefault(2) ?? ""
        )
            ? 0
            : 1;
    case ["history"]:
        return await HistoryLatency.RunAsync() ? 0 : 1;
    case ["seeds", .. var range] when range.Length <= 2 && range.All(text => int.TryParse(text, CultureInfo.InvariantCulture, out _)):
        var numbers = Array.ConvertAll(range, text => int.Parse(text, CultureInfo.InvariantCulture));
        return await SeedCampaign.RunAsync(
            numbers.ElementAtOrDefault(1) is > 0 and var first ? first : 1,
            numbers.Length > 0 ? numbers[0] : 10_000
        )
            ? 0
            : 1;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
