using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Internal;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>
/// A cache of the listings that one provider recently did not know, so that a typo in a loop costs no further calls until they expire.
/// Bounded and thread-safe.
/// </summary>
/// <param name="provider">The provider.</param>
/// <param name="lifetime">The lifetime of an entry; zero caches none.</param>
/// <param name="time">The clock.</param>
internal sealed class UnknownSymbols(ProviderId provider, TimeSpan lifetime, TimeProvider time) : IDisposable
{
    /// <summary>Some megabytes. Beyond it a new answer is not remembered until others have made room.</summary>
    public const int MaxCount = 10_000;

    private readonly MemoryCache _answers = new(new MemoryCacheOptions { SizeLimit = MaxCount, Clock = new Clock(time) });

    /// <summary>The outcome of a fetch that need not be made; <see langword="null"/> when the provider is to be asked.</summary>
    public FetchOutcome? Find(ProviderListing listing) =>
        _answers.TryGetValue<DateTimeOffset>(KeyOf(listing), out var until)
            ? new FetchOutcome
            {
                Provider = provider,
                Status = FetchStatus.UnknownSymbol,
                Detail =
                    $"The provider did not know the symbol when it was last asked; it is asked again from {until.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} on.",
            }
            : null;

    /// <summary>Remembers the outcome of a call if the provider did not know the symbol. One of the reference data is no typo: it is asked
    /// for again, lest a vendor's passing fault leave it out.</summary>
    public void Note(ProviderListing listing, FetchOutcome outcome)
    {
        if (outcome.Status != FetchStatus.UnknownSymbol || !listing.IsByRule || lifetime <= TimeSpan.Zero)
        {
            return;
        }

        var until = time.GetUtcNow() + lifetime;
        _answers.Set(KeyOf(listing), until, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpiration = until });
    }

    public void Dispose() => _answers.Dispose();

    /// <summary>As the provider is asked: spellings are case-sensitive, and a venue may stand beside them.</summary>
    private static (string, Mic?) KeyOf(ProviderListing listing) => (listing.ProviderSymbol, listing.Venue);

    private sealed class Clock(TimeProvider time) : ISystemClock
    {
        public DateTimeOffset UtcNow => time.GetUtcNow();
    }
}
