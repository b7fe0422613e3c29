using System.Text.Json;
using System.Text.Json.Serialization;

namespace Quorum.ProviderSimulator;

/// <summary>The admin endpoint's JSON. A member that is not known is refused: a misspelt fault would otherwise be none.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    WriteIndented = true
)]
[JsonSerializable(typeof(SimulatorState))]
[JsonSerializable(typeof(ClockOrder))]
[JsonSerializable(typeof(LatencyOrder))]
[JsonSerializable(typeof(LatencyState))]
[JsonSerializable(typeof(QuotaOrder))]
[JsonSerializable(typeof(QuotaState))]
[JsonSerializable(typeof(KeyOrder))]
[JsonSerializable(typeof(CallPage))]
[JsonSerializable(typeof(LapReading))]
[JsonSerializable(typeof(Dictionary<string, List<ShapeLine>>))]
[JsonSerializable(typeof(List<InstrumentLine>))]
[JsonSerializable(typeof(IReadOnlyList<Fault>))]
[JsonSerializable(typeof(Fault))]
[JsonSerializable(typeof(Fault[]))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(AdminError))]
internal sealed partial class AdminJson : JsonSerializerContext;
