namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>The cookies that a response sets.</summary>
public abstract class HttpCookies
{
    /// <summary>Sets a session cookie.</summary>
    public abstract void Append(string name, string value);

    /// <summary>Sets a cookie.</summary>
    public abstract void Append(IHttpCookie cookie);

    /// <summary>A cookie without name and value, to be filled and appended.</summary>
    public abstract IHttpCookie CreateNew();
}

/// <summary>One cookie (RFC 6265).</summary>
public interface IHttpCookie
{
    /// <summary>The hosts that get it back; null: the host that set it.</summary>
    string? Domain { get; }

    /// <summary>When it ends; null: with the session, or by <see cref="MaxAge"/>.</summary>
    DateTimeOffset? Expires { get; }

    /// <summary>Whether scripts may not read it.</summary>
    bool? HttpOnly { get; }

    /// <summary>How long it lives, in seconds; null: see <see cref="Expires"/>.</summary>
    double? MaxAge { get; }

    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>The paths that get it back; null: the one that set it.</summary>
    string? Path { get; }

    /// <summary>Whether it goes along when another site asks.</summary>
    SameSite SameSite { get; }

    /// <summary>Whether it goes only over TLS.</summary>
    bool? Secure { get; }

    /// <summary>Its value.</summary>
    string Value { get; }
}

/// <summary>One cookie (RFC 6265).</summary>
public sealed class HttpCookie(string name, string value) : IHttpCookie
{
    /// <inheritdoc />
    public string? Domain { get; set; }

    /// <inheritdoc />
    public DateTimeOffset? Expires { get; set; }

    /// <inheritdoc />
    public bool? HttpOnly { get; set; }

    /// <inheritdoc />
    public double? MaxAge { get; set; }

    /// <inheritdoc />
    public string Name { get; set; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <inheritdoc />
    public string? Path { get; set; }

    /// <inheritdoc />
    public SameSite SameSite { get; set; }

    /// <inheritdoc />
    public bool? Secure { get; set; }

    /// <inheritdoc />
    public string Value { get; set; } = value ?? throw new ArgumentNullException(nameof(value));
}

/// <summary>Whether a cookie goes along when another site asks.</summary>
public enum SameSite
{
    /// <summary>Not said.</summary>
    None = 0,

    /// <summary>Only when the user follows a link.</summary>
    Lax = 1,

    /// <summary>Never.</summary>
    Strict = 2,

    /// <summary>Always, and said so.</summary>
    ExplicitNone = 3,
}
