using System.Text.Json;
using System.Text.Json.Serialization;

namespace Quorum.ProviderSimulator;

/// <summary>
/// The JSON options of the admin endpoint. Unknown members are rejected, so that a misspelt fault is an error and not ignored.
/// </summary>
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
