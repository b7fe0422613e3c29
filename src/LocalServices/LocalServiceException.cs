namespace Quorum.LocalServices;

/// <summary>A local service cannot be installed or started; the message, meant for the user, gives the reason and the remedy.</summary>
public sealed class LocalServiceException : Exception
{
    public LocalServiceException(string message)
        : base(message) { }

    public LocalServiceException(string message, Exception? innerException)
        : base(message, innerException) { }
}
