using System.Text.Json.Serialization;

namespace Quorum.EmbeddedRuntime.Hosting.Management;

[JsonSerializable(typeof(string))]
internal sealed partial class ManagementJson : JsonSerializerContext;
