namespace Quorum.Storage;

/// <summary>The database's schema is not one that this build can take further. Somebody has to look; starting again does not help.</summary>
public sealed class MigrationException(string message) : Exception(message);
