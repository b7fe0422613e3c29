using System.Text.Json.Serialization;

namespace Quorum.StandaloneHost.Hosting.Management;

[JsonSerializable(typeof(string))]
internal sealed partial class ManagementJson : JsonSerializerContext;
