using System.Collections.Concurrent;
using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>
/// Passes payloads on within the process: the value that a text was written from, so that the text need not be parsed again. Only for types
/// that declare themselves immutable (<see cref="ImmutableObjectAttribute"/>), since writer and reader then share the object.
/// </summary>
/// <remarks>Holds a bounded number of values, each until it is taken once or replaced by another. A value that is not here is parsed. A table
/// of weak references (ConditionalWeakTable) would be shorter, but takes a lock and a handle of the collector for each value.</remarks>
internal sealed class PayloadHandover
{
    private const int Slots = 16_384;

    private static readonly ConcurrentDictionary<Type, bool> Immutable = new();

    private readonly Entry?[] _slots = new Entry?[Slots];

    /// <summary>Keeps the value for the reader of this very string.</summary>
    public void Offer(string json, object value)
    {
        if (Immutable.GetOrAdd(value.GetType(), static type => type.GetCustomAttribute<ImmutableObjectAttribute>() is { Immutable: true }))
        {
            Volatile.Write(ref SlotOf(json), new Entry(json, value));
        }
    }

    /// <summary>Takes the value of a string, as it was offered.</summary>
    /// <returns><see langword="null"/> if it is not here, or is of another type.</returns>
    public object? Take(string json, Type type)
    {
        ref var slot = ref SlotOf(json);
        if (Volatile.Read(ref slot) is not { } entry || !ReferenceEquals(entry.Json, json) || entry.Value.GetType() != type)
        {
            return null;
        }

        Interlocked.CompareExchange(ref slot, null, entry);
        return entry.Value;
    }

    private ref Entry? SlotOf(string json) => ref _slots[RuntimeHelpers.GetHashCode(json) & (Slots - 1)];

    private sealed record Entry(string Json, object Value);
}
