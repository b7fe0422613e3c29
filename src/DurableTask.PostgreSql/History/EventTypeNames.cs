using System.Collections.Frozen;
using DurableTask.Core.History;

namespace Quorum.DurableTask.PostgreSql.History;

/// <summary>The names of event types, computed once.</summary>
internal static class EventTypeNames
{
    private static readonly FrozenDictionary<EventType, string> Names = Enum.GetValues<EventType>()
        .Distinct()
        .ToFrozenDictionary(type => type, type => type.ToString());

    public static string Of(EventType type) => Names[type];
}
