namespace Quorum.LocalServices;

/// <summary>A local service cannot be had; the message says what is missing and what mends it, for the eyes of the user.</summary>
public sealed class LocalServiceException : Exception
{
    public LocalServiceException(string message)
        : base(message) { }

    public LocalServiceException(string message, Exception? innerException)
        : base(message, innerException) { }
}
