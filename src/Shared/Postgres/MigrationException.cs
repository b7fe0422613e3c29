namespace Quorum.Shared.Postgres;

/// <summary>The database's schema differs from the one that this build's migrations make. Starting again does not help: an operator must
/// decide.</summary>
internal sealed class MigrationException(string message) : Exception(message);
